"""Settings: where they come from, what is refused, and where the server then listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from vision.command.serve import serve as command
from vision.service import server
from vision.service.callers.keys import KeyRole, KeyStore
from vision.service.routes.envelope import Hosts
from vision.service.settings import ServiceSettings, SettingsError, is_loopback, load_settings, unknown_variables
from vision.service.state import Service


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FOTONETRAL_GALLERY", "FOTONETRAL_CONFIG", "FOTONETRAL_KEYS"):
        monkeypatch.delenv(name, raising=False)


def test_the_usual_ones() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.open_to, settings.gallery) == ("127.0.0.1", 8000, "loopback", None)
    assert settings.is_loopback
    assert settings.worker_count >= 1


def test_the_command_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "fotonetral.toml"
    config.write_text('port = 1\nworkers = 1\nregion = "34.01"\nhosts = ["a.go.id", "b.go.id"]\n')
    monkeypatch.setenv("FOTONETRAL_PORT", "2")
    monkeypatch.setenv("FOTONETRAL_WORKERS", "2")
    monkeypatch.setenv("FOTONETRAL_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    monkeypatch.setenv("FOTONETRAL_REGION", "")
    settings = load_settings(config, port=3, workers=None)
    assert (settings.port, settings.workers, settings.region) == (3, 2, "34.01")
    assert settings.hosts == ("a.go.id", "b.go.id")
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    monkeypatch.setenv("FOTONETRAL_CONFIG", str(config))
    assert load_settings().region == "34.01"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("port", 70000, "paling banyak 65535"),
        ("port", "x", "harus bilangan bulat"),
        ("region", "Jogja", "Kemendagri"),
        ("open_to", "all", "'loopback', 'network' atau 'nobody'"),
        ("workers", -1, "paling sedikit 0"),
        ("photo_mb", 0, "paling sedikit 1"),
        ("photos", 51, "paling banyak 50"),
        ("trusted_proxies", ["proxy"], "alamat IP"),
        ("face_model", "/none.onnx", "berkasnya tidak ada"),
        ("policies", ["/none.toml"], "berkasnya tidak ada"),
        ("galery", "a.db", "tidak dikenal"),
        ("false_alarms", 0, "harus lebih dari 0"),
    ],
)
def test_wrong_values(tmp_path: Path, name: str, value: object, told: str) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text(f"{name} = {value if isinstance(value, int | list) else repr(value)}\n")
    with pytest.raises(SettingsError) as wrong:
        load_settings(config)
    assert wrong.value.message_id.startswith(f"{name} (FOTONETRAL_{name.upper()})")
    assert told in wrong.value.message_id
    assert len(wrong.value.message_en.splitlines()) == 1


def test_every_wrong_value_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOTONETRAL_PORT", "many")
    with pytest.raises(SettingsError) as wrong:
        load_settings(photos=0, galery="x")
    assert len(wrong.value.message_en.splitlines()) == 3
    assert "(gallery?)" in wrong.value.message_en


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "a.toml").write_text("port = = 3")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(tmp_path / "a.toml")


def test_variables_that_are_none() -> None:
    names = {"FOTONETRAL_WROKERS": "3", "FOTONETRAL_PORT": "1", "FOTONETRAL_PASSPHRASE": "x", "HOME": "/"}
    assert unknown_variables(names) == ("FOTONETRAL_WROKERS (FOTONETRAL_WORKERS?)",)


@pytest.mark.parametrize(
    ("host", "is_it"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_loopback(host: str, is_it: bool) -> None:
    assert is_loopback(host) is is_it


def test_nothing_is_open_beyond_this_machine_without_keys(tmp_path: Path) -> None:
    keys = tmp_path / "keys.db"
    beyond = {"host": "0.0.0.0", "keys": keys}
    with pytest.raises(SettingsError, match="without keys"):
        server.require_keys(load_settings(**beyond))
    with pytest.raises(SettingsError, match="without keys"):
        server.require_keys(load_settings(**beyond, open_to="nobody"))
    server.require_keys(load_settings(**beyond, open_to="network"))
    grant, _ = KeyStore(keys).create_key("a", KeyRole.CHECK)
    server.require_keys(load_settings(**beyond))
    KeyStore(keys).revoke(grant.id)
    with pytest.raises(SettingsError, match="without keys"):
        server.require_keys(load_settings(**beyond))


def test_a_gallery_must_be_there_unless_it_is_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "gallery.db"
    with pytest.raises(SettingsError, match="no such file"):
        server.require_gallery(load_settings(gallery=path))
    server.require_gallery(load_settings(gallery=path, create_gallery=True))
    assert path.exists()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(command, ["--port", str(port)])
        assert isinstance(done.exception, SettingsError)
        assert "in use" in str(done.exception)


def test_addresses() -> None:
    for host, expected in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:"), ("localhost", "http://")):
        with server.bind(load_settings(host=host, port=0)) as bound:
            assert server.address(bound).startswith(expected)


@pytest.mark.parametrize(
    ("host", "hosts", "known", "unknown"),
    [
        ("127.0.0.1", [], ["localhost:8000", "127.0.0.1", "[::1]:1"], ["10.0.0.1", "a.go.id", "", "[fe80::1]"]),
        ("0.0.0.0", ["Cek.Go.ID"], ["10.0.0.1:8000", "cek.go.id", "cek.go.id.", "[fe80::1]:1"], ["b.go.id", "x"]),
    ],
)
def test_hosts(host: str, hosts: list[str], known: list[str], unknown: list[str]) -> None:
    names = Hosts(load_settings(host=host, hosts=hosts))
    assert [names.know(one) for one in known] == [True] * len(known)
    assert [names.know(one) for one in [*unknown, None]] == [False] * (len(unknown) + 1)


def test_packs_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('extends = "skb-2-2022"\nid = "kantor"\ntitle_id = "Kantor"\ntitle_en = "Office"\n')
    service = Service.of(load_settings(policy=str(own), policies=[own], keys=tmp_path / "k"))
    assert service.default_policy == "kantor"
    assert service.policies["kantor"] == str(own)
    assert "batang" in service.policies
    own.write_text('extends = "skb-2-2022"\nid = "batang"\ntitle_id = "X"\ntitle_en = "X"\n')
    with pytest.raises(SettingsError, match="Two policy packs"):
        Service.of(load_settings(policies=[own]))
    own.write_text("id = 3")
    with pytest.raises(SettingsError, match=r"own\.toml"):
        Service.of(load_settings(policies=[own]))


def test_every_setting_is_in_the_docs() -> None:
    docs = (Path(__file__).resolve().parents[3] / "docs" / "service.md").read_text("utf-8")
    for name in ServiceSettings.model_fields:
        assert f"`{name}`" in docs, name
