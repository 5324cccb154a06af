"""What `fotonetral check` writes for others: a page of each photo (`--html`), one list of all (`--sarif`)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from vision.checker import PhotoChecker
from vision.command.check_text import printable
from vision.command.main import NOT_JUDGED
from vision.contract.result import CheckError, CheckResult
from vision.media.inputs import EmptyFolder
from vision.messages import words_of
from vision.runtime.failures import told

if TYPE_CHECKING:
    from vision.media.photo import MediaFile
    from vision.report.sarif import SarifLog


class Handouts:
    """Pages and list of one run. Every failure to write is told, and makes the exit status 2; the answers stand."""

    def __init__(self, checker: PhotoChecker, *, html: str | None, sarif: str | None) -> None:
        self._checker = checker
        self._language = checker.language
        self._html = None if html is None else Path(html)
        self._sarif = None if sarif is None else Path(sarif)
        self._log: SarifLog | None = None
        self._failed = False

    @property
    def are_wanted(self) -> bool:
        """Whether the user asked for pages or a list."""
        return self._html is not None or self._sarif is not None

    def begin(self) -> bool:
        """Make the folder and look whether the list can be written, before any photo is judged; False if not."""
        if self._html is not None:
            from vision.runtime.whole_files import make_folder

            try:
                make_folder(self._html)
            except OSError as error:
                self._say("no_folder", path=self._html, reason=told(error, None, self._language))
        if self._sarif is not None:
            self._begin_log(self._sarif)
        return not self._failed

    def add(self, path: str, answer: CheckResult | CheckError, file: MediaFile | None) -> None:
        """Write the page of a judged photo, and note the answer in the list; `file` is None beside an error."""
        if self._log is not None:
            self._log.add(path, answer)
        if self._html is None or file is None or isinstance(answer, CheckError):
            return
        from vision.command.marked import free_name
        from vision.report.page import PICTURE_SIDE, PageFacts, page_of
        from vision.runtime.whole_files import write_whole

        index = self._checker.roster.index
        facts = PageFacts(datetime.now().astimezone(), 0 if index is None else len(index))
        try:
            page = page_of(file.first.shown(PICTURE_SIDE), answer, facts)
            write_whole(free_name(self._html, path, ".html"), page.encode())
        except Exception as error:
            # Whatever drawing trips over: the answer stands, and the next photo waits.
            self._say("no_page", path=path, reason=told(error, None, self._language))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Note a folder that held nothing to judge."""
        if self._log is not None:
            key = "empty" if folder.reason is None else "unlisted"
            text = words_of("command.handouts", self._language)[key].format(reason=folder.reason)
            self._log.add_failure(folder.path, f"folder.{key}", text)

    def end(self, status: int) -> int:
        """Write the list, and return the exit status: as given, or 2 where something could not be written."""
        if self._failed:
            status = NOT_JUDGED
        if self._log is not None and self._sarif is not None:
            from vision.runtime.whole_files import write_whole

            log = msgspec.to_builtins(self._log.log(datetime.now().astimezone(), status))
            try:
                write_whole(self._sarif, json.dumps(log, ensure_ascii=False, indent=1).encode())
            except OSError as error:
                self._say("no_sarif", path=self._sarif, reason=told(error, None, self._language))
        return NOT_JUDGED if self._failed else status

    def _begin_log(self, target: Path) -> None:
        from vision.report.sarif import SarifLog

        if not target.parent.is_dir():
            self._say("no_parent", path=target)
            return
        try:
            # `--sarif a.jpg b.jpg` must not cost anybody a photo.
            if target.exists() and b'"version"' not in (head := target.read_bytes()[:500]) and head:
                self._say("not_sarif", path=target)
                return
        except OSError as error:
            self._say("no_sarif", path=target, reason=told(error, target, self._language))
            return
        policy, gallery = self._checker.policy.id, self._checker.roster.revision
        self._log = SarifLog(self._language, datetime.now().astimezone(), policy, gallery)

    def _say(self, text: str, **values: object) -> None:
        self._failed = True
        click.echo(printable(words_of("command.handouts", self._language)[text].format(**values)), err=True)
