"""Keys and codes: the file, its rights, who gets in for how long, and the commands."""

from __future__ import annotations

import hmac
import json
import sqlite3
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vision.command.keys import keys
from vision.errors import FotoNetralError
from vision.service.callers.keys import KeyRole, KeysError, KeyStore, UnknownKeyError
from vision.service.callers.sessions import Sessions


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys.db")


def test_without_a_file_nobody_gets_in_and_none_is_made(store: KeyStore) -> None:
    assert store.key("fn_aaaaaaaa_" + "A" * 43) is None
    assert store.spend_code("AAAA-AAAA") is None
    assert (store.grants(), store.is_any_valid(), store.is_revoked("x")) == ((), False, True)
    assert not store.path.exists()


def test_a_key_opens_and_is_kept_as_a_hash_alone(store: KeyStore) -> None:
    grant, text = store.create_key("cms", KeyRole.CHECK, per_minute=30)
    found = store.key(text)
    assert found is not None
    assert (found.id, found.role, found.per_minute, found.name) == (grant.id, KeyRole.CHECK, 30, "cms")
    assert found.last_used_at is None
    assert store.grants()[0].last_used_at is not None
    secret = text.split("_", 2)[2]
    assert secret.encode() not in store.path.read_bytes()
    assert len(secret) == 43
    for wrong in (text[:-1], text + "A", text.replace(grant.id, "aaaaaaaa"), f"fn_{grant.id}_{'A' * 43}", "", "fn__"):
        assert store.key(wrong) is None


def test_the_file_is_its_owners_alone(store: KeyStore) -> None:
    store.create_key("a", KeyRole.CHECK)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    store.path.chmod(0o644)
    store.grants()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_revoked_and_expired_keys_open_nothing(store: KeyStore) -> None:
    grant, text = store.create_key("a", KeyRole.CHECK)
    _, old = store.create_key("b", KeyRole.CHECK, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert store.key(old) is None
    assert store.revoke(grant.id).is_revoked
    assert store.key(text) is None
    first = store.grants()[0].revoked_at
    assert store.revoke(grant.id).revoked_at == first
    with pytest.raises(UnknownKeyError, match="nothere1"):
        store.revoke("nothere1")
    assert not store.is_any_valid()


def test_secrets_are_compared_in_constant_time_also_where_there_is_no_such_key(
    store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant, text = store.create_key("a", KeyRole.CHECK)
    compared: list[tuple[int, int]] = []
    honest = hmac.compare_digest

    def look(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return honest(one, other)

    monkeypatch.setattr(hmac, "compare_digest", look)
    for tried in (text, f"fn_{grant.id}_{'A' * 43}", f"fn_aaaaaaaa_{'A' * 43}", "not a key at all"):
        store.key(tried)
    assert compared == [(32, 32)] * 4


def test_a_code_is_spent(store: KeyStore) -> None:
    grant, code = store.create_code("staf", KeyRole.MANAGE, minutes=5, uses=2)
    assert len(code) == 9
    assert code.replace("-", "").encode() not in store.path.read_bytes()
    for typed in (code, f" {code.lower().replace('-', ' ')}\n"):
        found = store.spend_code(typed)
        assert found is not None
        assert (found.id, found.role) == (grant.id, KeyRole.MANAGE)
    assert store.spend_code(code) is None
    assert store.spend_code("") is None
    assert store.spend_code("AAAA-AAAA-AAAA") is None
    assert not store.is_revoked(grant.id)  # sessions go on
    store.revoke(grant.id)
    assert store.is_revoked(grant.id)


def test_a_code_ends(store: KeyStore) -> None:
    _, code = store.create_code("", KeyRole.CHECK, minutes=1e-6, uses=5)
    assert store.spend_code(code) is None


@pytest.mark.slow
def test_the_last_use_is_for_one_alone(store: KeyStore) -> None:
    _, code = store.create_code("", KeyRole.CHECK, minutes=5, uses=1)
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(store.spend_code(code))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in got if one is not None]) == 1


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "keys.db").write_text("this is no database, whatever it is called " * 50)
    with pytest.raises(KeysError, match=r"keys\.db"):
        KeyStore(tmp_path / "keys.db").grants()
    with pytest.raises(KeysError, match="cannot be made"):
        KeyStore(tmp_path / "none" / "keys.db").create_key("a", KeyRole.CHECK)


def test_many_threads_use_it_at_once(store: KeyStore) -> None:
    _, text = store.create_key("a", KeyRole.CHECK)
    failed: list[BaseException] = []

    def use() -> None:
        try:
            for _ in range(20):
                assert store.key(text) is not None
                store.create_key("b", KeyRole.CHECK)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(store.grants()) == 121


def test_roles() -> None:
    assert KeyRole.MANAGE.allows(KeyRole.CHECK)
    assert not KeyRole.CHECK.allows(KeyRole.MANAGE)


def test_sessions_end_in_time(store: KeyStore) -> None:
    grant, _ = store.create_code("", KeyRole.CHECK, minutes=5, uses=1)
    sessions = Sessions(hours=1e-9)
    _, cookie = sessions.begin(grant)
    assert sessions.get(cookie) is None
    sessions = Sessions(hours=1)
    session, cookie = sessions.begin(grant)
    assert sessions.get(cookie) == session
    assert sessions.get(cookie + "x") is None
    assert session.fits(session.csrf)
    for wrong in ("", None, "x", "é"):
        assert not session.fits(wrong)
    sessions.end(cookie)
    assert sessions.get(cookie) is None


# The commands


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(keys, [*arguments, "--keys", str(tmp_path / "keys.db")])

    return run


def test_commands(command: Callable[..., Result], store: KeyStore) -> None:
    made = command("create", "cms humas", "--role", "manage", "--days", "30")
    text = made.stdout.strip()
    assert made.exit_code == 0
    assert store.key(text) is not None
    assert text not in made.stderr
    code = command("code", "--uses", "30", "--minutes", "60", "--name", "pagi\x1b[2J")
    assert store.spend_code(code.stdout.strip()) is not None
    listed = command("list")
    lines = listed.stdout.splitlines()
    assert len(lines) == 2
    assert "manage" in lines[0]
    assert "terakhir dipakai" in lines[0]
    assert "\x1b" not in listed.stdout
    told: list[dict[str, Any]] = [json.loads(line) for line in command("list", "--json").stdout.splitlines()]
    assert [(one["kind"], one["role"], one["uses_left"]) for one in told] == [
        ("key", "manage", None),
        ("code", "check", 29),
    ]
    assert not any("digest" in one for one in told)
    assert command("revoke", told[0]["id"]).stdout == f"Dicabut: {told[0]['id']}.\n"
    assert store.key(text) is None
    assert "dicabut" in command("list").stdout
    unknown = command("revoke", "nothere1")
    assert isinstance(unknown.exception, FotoNetralError)


def test_a_file_that_another_program_holds(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = store.create_key("a", KeyRole.CHECK)
    monkeypatch.setattr("vision.service.callers.keys._BUSY_SECONDS", 0.05)
    held = sqlite3.connect(store.path, isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    with pytest.raises(KeysError, match="locked"):
        store.key(text)
    held.close()
    assert store.key(text) is not None
