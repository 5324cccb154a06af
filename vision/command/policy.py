"""The `fotonetral policy` commands: which packs there are, what one says, and what is wrong with one."""

from __future__ import annotations

import json
from typing import cast

import click
import msgspec

from vision.command.main import CLEAR, NOT_JUDGED
from vision.command.options import lang_option, read_region
from vision.errors import Language

_as_json = click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON.")


@click.group("policy")
def policy() -> None:
    """Lihat paket aturan yang tersedia, isinya, dan periksa paket buatan sendiri."""


@policy.command("list")
@click.option(
    "--region",
    metavar="KODE|NAMA",
    callback=read_region,
    help="Hanya yang berlaku di wilayah ini: kode Kemendagri atau nama, misalnya 34.01.",
)
@_as_json
@lang_option
def list_packs(region: str | None, as_json: bool, lang: str) -> None:
    """Sebutkan paket aturan yang tersedia."""
    from vision.command.check_text import show
    from vision.command.policy_text import list_answer, list_lines
    from vision.rules import DEFAULT_POLICY, available_packs, packs_for, read_pack

    names = available_packs() if region is None else (*packs_for(region), DEFAULT_POLICY)
    packs = [read_pack(name) for name in names]
    if as_json:
        _print_json(list_answer(packs))
    else:
        show(list_lines(packs, cast(Language, lang)))


@policy.command("show")
@click.argument("name", metavar="NAMA|BERKAS")
@_as_json
@lang_option
@click.pass_context
def show_pack(context: click.Context, name: str, as_json: bool, lang: str) -> None:
    """Tunjukkan isi sebuah paket, dan nilai mana yang diwarisi dari paket lain."""
    from vision.command.check_text import printable, show
    from vision.command.policy_text import pack_lines, pack_to_dict, problem_lines
    from vision.rules import read_pack

    reading = read_pack(name)
    if reading.policy is None:
        for line in problem_lines(name, reading.problems):
            click.echo(printable(line.text), err=True)
        context.exit(NOT_JUDGED)
    if as_json:
        _print_json(pack_to_dict(reading))
    else:
        show(pack_lines(reading, cast(Language, lang)))


@policy.command("check")
@click.argument("files", metavar="BERKAS...", nargs=-1, required=True)
@_as_json
@click.pass_context
def check_packs(context: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Periksa paket buatan sendiri, dan sebutkan semua yang salah dalam dua bahasa.

    Status keluar: 0 semua benar, 2 ada yang salah.
    """
    from vision.command.check_text import show
    from vision.command.policy_text import check_answer, problem_lines
    from vision.rules import read_pack

    readings = [(file, read_pack(file)) for file in files]
    if as_json:
        _print_json(check_answer(readings))
    else:
        for file, reading in readings:
            show(problem_lines(file, reading.problems))
    context.exit(NOT_JUDGED if any(reading.problems for _, reading in readings) else CLEAR)


def _print_json(told: object) -> None:
    # As bytes: JSON is UTF-8, whatever the terminal's encoding is.
    click.echo(json.dumps(msgspec.to_builtins(told), ensure_ascii=False).encode())
