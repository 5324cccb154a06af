"""The `fotonetral keys` commands: keys for programs and login codes for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vision.command.output import carry_on
from vision.contract.answers.command import ListedKey

if TYPE_CHECKING:
    from vision.service.callers.keys import Grant

_ROLES = ("check", "manage")

_keys_option = click.option(
    "--keys",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="keys.db",
    envvar="FOTONETRAL_KEYS",
    show_default=True,
    show_envvar=True,
    metavar="BERKAS",
    help="Berkas kunci dan kode.",
)
_role_option: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="check",
    show_default=True,
    help="check: memeriksa foto; manage: juga mengelola galeri.",
)


@click.group("keys")
def keys() -> None:
    """Kunci API untuk program, dan kode masuk halaman web untuk orang."""


@keys.command("create")
@click.argument("name", metavar="NAMA")
@_role_option
@click.option("--per-minute", type=click.IntRange(1, 100_000), metavar="N", help="Permintaan per menit.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Berlaku sekian hari.")
@_keys_option
def create(name: str, role: str, per_minute: int | None, days: float | None, path: Path) -> None:
    """Buat kunci untuk program NAMA. Kuncinya hanya ditampilkan sekali ini."""
    from vision.service.callers.keys import KeyRole, KeyStore

    carry_on()
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    grant, text = KeyStore(path).create_key(name, KeyRole(role), per_minute=per_minute, expires_at=until)
    click.echo(text)
    click.echo(f"Kunci {grant.id} ({role}) untuk {name}. Simpan sekarang: tidak akan ditampilkan lagi.", err=True)


@keys.command("code")
@_role_option
@click.option("--name", default="", metavar="NAMA", help="Untuk siapa, supaya dikenali di daftar.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, max=60 * 24 * 7, min_open=True),
    default=15,
    show_default=True,
    metavar="N",
    help="Kode berlaku sekian menit; sesi yang sudah masuk tetap jalan.",
)
@click.option(
    "--uses", type=click.IntRange(1, 1000), default=1, show_default=True, metavar="N", help="Berapa kali dapat dipakai."
)
@_keys_option
def code(role: str, name: str, minutes: float, uses: int, path: Path) -> None:
    """Buat kode pendek untuk masuk ke halaman web."""
    from vision.service.callers.keys import KeyRole, KeyStore

    carry_on()
    grant, text = KeyStore(path).create_code(name, KeyRole(role), minutes=minutes, uses=uses)
    click.echo(text)
    click.echo(f"Kode {grant.id} ({role}): berlaku {minutes:g} menit, untuk {uses} kali masuk.", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON per kunci.")
@_keys_option
def list_(as_json: bool, path: Path) -> None:
    """Tampilkan semua kunci dan kode, tanpa rahasianya."""
    from vision.command.check_text import printable
    from vision.service.callers.keys import KeyStore

    for grant in KeyStore(path).grants():
        if as_json:
            click.echo(json.dumps(_answer(grant).to_dict(), ensure_ascii=False).encode())
        else:
            used = "belum dipakai" if grant.last_used_at is None else f"terakhir dipakai {_day(grant.last_used_at)}"
            parts = (grant.id, grant.kind, grant.role.value, _state(grant), used, grant.name)
            click.echo(printable("\t".join(parts)))


@keys.command("revoke")
@click.argument("id_", metavar="ID")
@_keys_option
def revoke(id_: str, path: Path) -> None:
    """Cabut kunci, atau kode beserta semua sesi yang masuk dengannya. Berlaku seketika."""
    from vision.service.callers.keys import KeyStore

    grant = KeyStore(path).revoke(id_)
    click.echo(f"Dicabut: {grant.id}.")


def _answer(grant: Grant) -> ListedKey:
    return ListedKey(
        id=grant.id,
        kind=grant.kind,
        name=grant.name,
        role=grant.role.value,
        made_at=grant.made_at.isoformat(),
        expires_at=_time(grant.expires_at),
        last_used_at=_time(grant.last_used_at),
        uses_left=grant.uses_left,
        per_minute=grant.per_minute,
        revoked_at=_time(grant.revoked_at),
    )


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _state(grant: Grant) -> str:
    if grant.is_revoked:
        return "dicabut"
    if not grant.is_valid(datetime.now(UTC)):
        return "lewat"
    return "berlaku" if grant.expires_at is None else f"berlaku sampai {_day(grant.expires_at)}"


def _day(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
