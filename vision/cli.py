"""The `fotonetral` command: finds the subcommand, loads only that one, and turns what goes wrong into one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import click

from vision._version import __version__
from vision.command.lazy import LazyGroup, Subcommand

CLEAR, LOOK, NOT_JUDGED = 0, 1, 2
"""Exit status: everything clear; something to review or flagged; something not judged, or the call was wrong."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "check": Subcommand("vision.command.check", "check", "Periksa foto sebelum diunggah."),
    "fix": Subcommand("vision.command.fix", "fix", "Potong atau buramkan salinan foto sampai tanpa tanda."),
    "scan": Subcommand("vision.command.scan", "scan", "Periksa seluruh arsip foto, juga jutaan berkas."),
    "report": Subcommand("vision.command.report", "report", "Tulis laporan pindaian, catat keputusan orang."),
    "watch": Subcommand("vision.command.watch", "watch", "Periksa setiap foto yang masuk ke sebuah folder."),
    "serve": Subcommand("vision.command.serve", "serve", "Jalankan API dan halaman web untuk staf."),
    "keys": Subcommand("vision.command.keys", "keys", "Kelola kunci API dan kode masuk halaman web."),
    "candidates": Subcommand("vision.command.candidates", "candidates", "Kelola galeri calon dan keluarganya."),
    "policy": Subcommand("vision.command.policy", "policy", "Lihat paket aturan, atau periksa paket buatan sendiri."),
    "doctor": Subcommand("vision.command.doctor", "doctor", "Periksa apakah pemasangan ini lengkap dan jalan."),
}


@click.group(cls=LazyGroup, subcommands=SUBCOMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fotonetral")
def fotonetral() -> None:
    """Periksa apakah foto berisiko dibaca sebagai keberpihakan dalam pemilu, sebelum diunggah."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave the process with its status."""
    sys.exit(run(fotonetral, arguments, name="fotonetral"))


def run(command: click.Command, arguments: Sequence[str] | None, *, name: str) -> int:
    """Run a command and return its exit status; nobody ever sees a traceback."""
    from vision._crew import single_blas
    from vision._quiet import quiet_native

    single_blas()
    _let_every_name_print()
    with quiet_native():
        try:
            # Not `command.main`: it would answer a reader that has left with status 1, "all were checked".
            with command.make_context(name, list(sys.argv[1:] if arguments is None else arguments)) as context:
                command.invoke(context)
        except click.exceptions.Exit as done:
            return done.exit_code
        except click.ClickException as error:
            error.show()
            return NOT_JUDGED
        except (click.Abort, KeyboardInterrupt):
            click.echo("Dihentikan.", err=True)
            return INTERRUPTED
        except BrokenPipeError:
            _forget_stdout()
            return NOT_JUDGED
        except SystemExit as done:
            return done.code if isinstance(done.code, int) else CLEAR if done.code is None else NOT_JUDGED
        except Exception as error:
            _tell(error)
            return NOT_JUDGED
    return CLEAR


def _tell(error: Exception) -> None:
    """Say in one line what went wrong, with its code."""
    from candidates.errors import CandidatesError
    from vision.errors import EngineError, FotoNetralError

    if not isinstance(error, FotoNetralError | CandidatesError):
        what = " ".join(f"{type(error).__name__}: {error}".split())
        error = EngineError(f"Terjadi kegagalan ({what}).", f"Something failed ({what}).")
    click.echo(f"{error.text()} [{error.code}]", err=True)


def _let_every_name_print() -> None:
    """Make file names print that the terminal's encoding does not hold."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")


def _forget_stdout() -> None:
    """Point standard output nowhere: the reader has left, and Python would complain when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
