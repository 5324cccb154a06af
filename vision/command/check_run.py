"""One run of `fotonetral check`: every photo judged, told, and counted into the exit status."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vision.checker import PhotoChecker
from vision.command.check_text import PhotoTally, closing_lines, lines_of, printable, scope_lines, show
from vision.command.handouts import Handouts
from vision.command.main import CLEAR, LOOK, NOT_JUDGED
from vision.command.output import carry_on
from vision.contract.result import CheckError, CheckResult
from vision.media.folders import NOTHING_EXCLUDED, Exclusions
from vision.media.inputs import EmptyFolder, ExcludedFile, Found, UnseenFile, files_of
from vision.messages import words_of
from vision.rules import describe_remark
from vision.runtime.failures import told

if TYPE_CHECKING:
    from vision.command.marked import MarkedPictures
    from vision.media.photo import MediaFile


class CheckRun:
    """One call of the command: every photo in order, one bad photo never stops the rest."""

    def __init__(
        self,
        checker: PhotoChecker,
        *,
        as_json: bool,
        annotate: str | None,
        html: str | None = None,
        sarif: str | None = None,
    ) -> None:
        self.checker = checker
        self.language = checker.language
        self.as_json = as_json
        self.annotate = annotate
        self.handouts = Handouts(checker, html=html, sarif=sarif)
        self.tally = PhotoTally.empty()
        self.failed = False

    def over(self, paths: tuple[str, ...], excluded: Exclusions = NOTHING_EXCLUDED) -> int:
        """Check all photos, print the answers, and return the exit status."""
        if self.checker.roster.revision is None:
            self._say("no_gallery")
        elif self.as_json:
            # A program reads it in each answer; whoever looks on reads it here.
            for note in self.scope_notes:
                click.echo(printable(note), err=True)
        pictures = self._pictures()
        if self.failed or not self.handouts.begin():
            return NOT_JUDGED
        if pictures is not None or self.handouts.are_wanted:
            carry_on()
        for found in self.photos(paths, excluded):
            if isinstance(found, EmptyFolder):
                self._say_folder(found)
            elif isinstance(found, ExcludedFile):
                self.tally.excluded += 1
            elif isinstance(found, UnseenFile):
                self._answered(found.path, CheckError(found.path, found.error, self.language), pictures)
            else:
                self._answered(found, self.checker.check_file(found), pictures)
        self.finish()
        return self.handouts.end(self._status())

    @property
    def scope_notes(self) -> list[str]:
        """What is to be said once of the region and day; that there is no gallery was said at the start."""
        roster = self.checker.roster
        return [describe_remark(one, self.language) for one in roster.remarks] if roster.revision else []

    def photos(self, paths: tuple[str, ...], excluded: Exclusions) -> Iterable[Found]:
        """Return what is to be checked, and what is to be told beside it."""
        return files_of(paths, self.annotate, excluded)

    def tell(self, answer: CheckResult | CheckError, marked: Path | None) -> None:
        """Print the answer about one photo; `marked` is where its marked picture lies, if there is one."""
        if self.as_json:
            # As bytes: JSON is UTF-8, whatever the terminal's encoding is.
            click.echo(json.dumps(answer.to_dict(), ensure_ascii=False).encode())
        else:
            show(lines_of(answer, marked))

    def finish(self) -> None:
        """Print what comes after the last photo."""
        if not self.as_json:
            place = self.checker.roster.region
            lines = scope_lines("" if place is None else place.label, self.scope_notes, self.language)
            show([*lines, *closing_lines(self.tally, self.language)])

    def _answered(
        self, path: str, checked: tuple[CheckResult, MediaFile] | CheckError, pictures: MarkedPictures | None
    ) -> None:
        answer, file = (checked, None) if isinstance(checked, CheckError) else checked
        self.tally.add(answer)
        self.handouts.add(path, answer, file)
        marked: Path | None = None
        if pictures is not None and file is not None and isinstance(answer, CheckResult):
            try:
                marked = pictures.write(path, file.first, answer)
            except Exception as error:
                # Whatever drawing trips over: the answer stands, and the next photo waits.
                self._say("not_marked", failed=True, path=path, reason=told(error, None, self.language))
        self.tell(answer, marked)

    def _pictures(self) -> MarkedPictures | None:
        if self.annotate is None:
            return None
        from vision.command.marked import MarkedPictures  # the drawing code loads only for those who want pictures

        try:
            return MarkedPictures(self.annotate)
        except OSError as error:
            self._say("no_folder", failed=True, path=self.annotate, reason=told(error, None, self.language))
            return None

    def _status(self) -> int:
        if self.failed or self.tally.counts["error"] or self.tally.unseen or not self.tally.judged:
            return NOT_JUDGED
        return LOOK if self.tally.counts["flag"] or self.tally.counts["review"] else CLEAR

    def _say_folder(self, folder: EmptyFolder) -> None:
        self.handouts.add_folder(folder)
        text = "empty" if folder.reason is None else "unlisted"
        self._say(text, failed=True, path=folder.path, reason=folder.reason)

    def _say(self, text: str, *, failed: bool = False, **values: object) -> None:
        """Tell something that is no answer about a photo; `failed` makes the exit status 2."""
        self.failed = self.failed or failed
        click.echo(printable(words_of("command.check_run", self.language)[text].format(**values)), err=True)
