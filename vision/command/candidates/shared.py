"""What the `fotonetral candidates` commands share: options, wording, tables, and the models that describe photos."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from candidates.errors import CandidatesError, Language
from candidates.gallery import Gallery
from candidates.importing.photos import Describe
from candidates.importing.rows import RowReport
from vision import messages
from vision.command.options import lang_option
from vision.command.output import carry_on, is_output
from vision.errors import FotoNetralError
from vision.runtime.failures import told as failure_text

if TYPE_CHECKING:
    from rich.console import Console

    from candidates.choosing import FaceChoice
    from candidates.importing.photos import FaceTemplate

DEFAULT_GALLERY = "gallery.db"
"""The gallery when neither --gallery nor FOTONETRAL_GALLERY says another: in the working folder."""

FINE, SOME_REJECTED, NOTHING_DONE = 0, 1, 2


def with_gallery(command: Callable[..., None]) -> Callable[..., None]:
    """Add --gallery and --lang, and turn errors of ours into one line and exit status 2."""

    @click.option(
        "--gallery",
        "gallery_path",
        type=click.Path(dir_okay=False, path_type=Path),
        default=DEFAULT_GALLERY,
        envvar="FOTONETRAL_GALLERY",
        show_default=True,
        show_envvar=True,
        help="Berkas galeri.",
    )
    @lang_option
    @functools.wraps(command)
    def told(*args: Any, lang: str, **options: Any) -> None:
        say = Printer(cast(Language, lang))
        try:
            command(*args, say=say, **options)
        except (CandidatesError, FotoNetralError) as error:
            say.fail(f"{error.text(say.language)} [{error.code}]")
        except (OSError, MemoryError) as error:
            if is_output(error):
                raise  # the run tells it at its end
            say.fail(failure_text(error, None, say.language))

    return told


class Printer:
    """Prints in the chosen language; tables for people at a terminal, tab-separated lines for everything else."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def pick(self, key: str, /, **values: object) -> str:
        """Return the text of a message in the chosen language."""
        return messages.say(key, **values).text(self.language)

    def line(self, key: str, /, *, err: bool = False, **values: object) -> None:
        """Print a message on a line."""
        self.show(self.pick(key, **values), err=err)

    def show(self, text: str, *, err: bool = False) -> None:
        """Print a line as it stands."""
        click.echo(text, err=err)

    def fail(self, text: str) -> NoReturn:
        """Print what went wrong and leave with status 2."""
        click.echo(text, err=True)
        sys.exit(NOTHING_DONE)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under the names of the columns; None prints as nothing."""
        names = [self.pick(f"command.column.{name}") for name in columns]
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            for row in (names, *cells):
                click.echo("\t".join(row))
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in names:
            table.add_column(name, overflow="fold")
        for row in cells:
            # As Text: square brackets in a name are no markup.
            table.add_row(*(Text(cell) for cell in row))
        Console().print(table)


@contextmanager
def gallery_to_fill(path: Path) -> Iterator[Gallery]:
    """Open a gallery, or make one; what was made is gone again when nothing came of it (a wrong passphrase)."""
    carry_on()
    is_new = not path.exists()
    gallery = Gallery.open(path, create=True)
    try:
        yield gallery
    except BaseException:
        if is_new:
            gallery.discard_unused()
        else:
            gallery.close()
        raise
    gallery.close()


@contextmanager
def face_engine(face_model: Path | None = None) -> Iterator[tuple[Describe, str]]:
    """Give the describing function and its model's id; the face models load at the first photo that needs them.

    `face_model` is the user's own network (`face_model_option`): it loads at once, since whether it can be used is
    better known before anything is changed. Raises FaceModelError when it cannot.
    """
    from vision.enrolment.reference import Enroller
    from vision.faces import MODEL_ID
    from vision.stages.engines import open_face_model

    own = None if face_model is None else open_face_model(face_model)
    enrollers: list[Enroller] = []

    def describe(photo: Path | bytes, /, *, name: str | None = None, face: FaceChoice | None = None) -> FaceTemplate:
        if not enrollers:
            enrollers.append(Enroller(face_model=own))
        return enrollers[0].describe(photo, name=name, face=face)

    try:
        yield describe, MODEL_ID if own is None else own.model_id
    finally:
        for enroller in enrollers:
            enroller.close()


class ProgressPrinter(Printer):
    """Prints above the line that shows progress; click would write into it."""

    def __init__(self, say: Printer, console: Console) -> None:
        super().__init__(say.language)
        self._console = console

    def show(self, text: str, *, err: bool = False) -> None:
        """Print a line; those for standard error above the progress."""
        if err:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            super().show(text)


@contextmanager
def progress(say: Printer, unit: str) -> Iterator[tuple[Callable[[str], None], Printer]]:
    """Show how many are done while at a terminal; be silent elsewhere. `unit` is the key of what is counted.

    Gives what to call with the name of each one done, and how to speak meanwhile.
    """
    if not sys.stderr.isatty():
        yield lambda _name: None, say
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn(f"{{task.completed}} {say.pick(unit)}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield (
            lambda name: progress.update(task, advance=1, description=escape(name)),
            ProgressPrinter(say, progress.console),
        )


def keep_ready(gallery: Gallery) -> None:
    """Have a large gallery ready for the next check, after it was changed."""
    models = gallery.model_ids()
    if len(models) == 1:
        gallery.keep_ready(models[0])


def tell_row(say: Printer, row: RowReport) -> None:
    """Print the problems and notes of a row on standard error."""
    place = ": ".join(filter(None, (row.place, row.name)))
    if row.reason and row.photos_rejected:
        say.line("command.shared.rejected_no_usable_photo", place=place, err=True)
    elif row.reason:
        say.line("command.shared.rejected", place=place, reason=row.reason.says, err=True)
    for photo in row.photos_rejected:
        say.line(
            "command.shared.photo_not_used",
            place=place,
            photo=photo.photo,
            reason=photo.reason.says,
            err=True,
        )
    for note in row.notes:
        say.line("command.shared.note", place=place, note=note.says, err=True)


def warn_about_mode(say: Printer, gallery: Gallery) -> None:
    """Warn when others may read the gallery."""
    if not gallery.summary().mode_ok:
        say.line(
            "command.shared.warning_others_can_read_run",
            path=gallery.path,
            err=True,
        )


def print_json(value: object) -> None:
    """Print a value as one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
