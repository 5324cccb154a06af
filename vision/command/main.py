"""The `fotonetral` command: finds the subcommand, loads only that one, and turns what goes wrong into one line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from vision._version import __version__
from vision.command.lazy import LazyGroup, Subcommand
from vision.command.output import Streams, standard_streams
from vision.command.usage import language_of, usage_text
from vision.errors import Language
from vision.messages import say

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
    from vision.runtime.crew import single_blas
    from vision.runtime.quiet import quiet_native

    single_blas()
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = language_of(given)
    with standard_streams() as streams, quiet_native():
        status = _run(command, given, name, language, streams)
        streams.settle()
        if streams.lost is None or isinstance(streams.lost, BrokenPipeError):
            return status
        _tell_lost(streams.lost, language)
        return NOT_JUDGED


def _run(command: click.Command, given: list[str], name: str, language: Language, streams: Streams) -> int:
    try:
        # Not `command.main`: it would answer a reader that has left with status 1, "all were checked".
        with command.make_context(name, given) as context:
            command.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        click.echo(usage_text(error, language), err=True)
        return NOT_JUDGED
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("command.main.stopped").text(language), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return NOT_JUDGED
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else CLEAR if done.code is None else NOT_JUDGED
    except Exception as error:
        if error is not streams.lost:
            _tell(error, language)
        return NOT_JUDGED
    return CLEAR


def _tell(error: Exception, language: Language) -> None:
    """Say in one line what went wrong, with its code."""
    from vision.errors import EngineError
    from vision.runtime.failures import failure_of
    from vision.runtime.libraries import missing_library

    failure = missing_library(error) or failure_of(error)
    if failure is None:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        failure = EngineError(say("command.main.something_failed", what=what))
    click.echo(f"{failure.text(language)} [{failure.code}]", err=True)


def _tell_lost(error: OSError, language: Language) -> None:
    """Say that what was printed did not arrive."""
    from candidates.causes import cause_of
    from vision.runtime.failures import OutputLostError

    cause = cause_of(error)
    lost = OutputLostError(say("command.main.standard_output_cannot_be_written", reason=cause.reason))
    click.echo(f"{lost.text(language)} [{lost.code}]", err=True)
