"""What can go wrong with an archive, besides what can go wrong with a photo.

FotoNetralError
└── ArchiveError
    ├── EmptyFolderError              archive.empty_folder
    ├── FolderUnreadableError         archive.folder
    ├── NotAFileError                 archive.not_a_file
    ├── ListUnreadableError           archive.list
    ├── ContainerError                a container (a zip, a tar), or a member of one
    │   ├── ContainerUnreadableError  archive.unreadable
    │   ├── ContainerUnsupportedError archive.unsupported
    │   ├── ContainerMisnamedError    archive.misnamed
    │   ├── ContainerTooLargeError    archive.too_large
    │   ├── NestedContainerError      archive.nested
    │   ├── EncryptedError            archive.encrypted
    │   └── MemberUnreadableError     archive.member
    ├── AddressError                  archive.address
    │   └── NoExtraError              archive.no_extra
    └── JournalError                  journal.unreadable
        ├── JournalNotFoundError      journal.not_found
        ├── JournalBusyError          journal.busy
        ├── JournalFullError          journal.full
        ├── JournalReadOnlyError      journal.read_only
        ├── JournalStorageError       journal.storage
        └── JournalUnfinishedError    journal.unfinished
"""

from __future__ import annotations

from typing import TypeVar

from vision.errors import FotoNetralError

E = TypeVar("E", bound=FotoNetralError)


def bare(error: E) -> E:
    """Return the error without the frames that it came through: these would hold on to whatever was read there."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class ArchiveError(FotoNetralError):
    """Something of an archive could not be looked into."""

    code = "archive.unreadable"


class EmptyFolderError(ArchiveError):
    """A folder that was given holds nothing."""

    code = "archive.empty_folder"


class FolderUnreadableError(ArchiveError):
    """A folder cannot be listed; what lies in it was not looked at."""

    code = "archive.folder"


class NotAFileError(ArchiveError):
    """A device, a pipe, a socket, or a link inside a container; such are never opened."""

    code = "archive.not_a_file"


class ListUnreadableError(ArchiveError):
    """The list of names cannot be read."""

    code = "archive.list"


class ContainerError(ArchiveError):
    """A container, or one of its members, cannot be read."""

    code = "archive.unreadable"


class ContainerUnreadableError(ContainerError):
    """A container is damaged or cut off; the members named before the damage were looked at."""

    code = "archive.unreadable"
    kind = "archive"


class ContainerUnsupportedError(ContainerError):
    """A container, or a member, is packed in a way that is not read."""

    code = "archive.unsupported"
    kind = "archive"


class ContainerMisnamedError(ContainerError):
    """A file is a container, but is not named like one, and so was not opened."""

    code = "archive.misnamed"
    kind = "archive"


class ContainerTooLargeError(ContainerError):
    """A container grows beyond all measure when it is unpacked, or has too many members."""

    code = "archive.too_large"
    kind = "archive"


class NestedContainerError(ContainerError):
    """A container lies inside another one; it is not opened."""

    code = "archive.nested"
    kind = "archive"


class EncryptedError(ContainerError):
    """A container or a member is locked with a password."""

    code = "archive.encrypted"
    kind = "archive"


class MemberUnreadableError(ContainerError):
    """One member of a container is damaged, or is gone since the container was listed."""

    code = "archive.member"


class AddressError(ArchiveError):
    """An object store or web server could not be asked, or did not give what was asked for."""

    code = "archive.address"


class NoExtraError(AddressError):
    """The extra that reads such addresses (fsspec) is not installed."""

    code = "archive.no_extra"


class JournalError(ArchiveError):
    """The scan's journal cannot be used; what is in it is as it was."""

    code = "journal.unreadable"


class JournalNotFoundError(JournalError):
    """There is no scan in the folder."""

    code = "journal.not_found"


class JournalBusyError(JournalError):
    """Another scan writes into the same folder."""

    code = "journal.busy"


class JournalFullError(JournalError):
    """The disk is full; everything judged until then is kept."""

    code = "journal.full"


class JournalReadOnlyError(JournalError):
    """The output folder, or the journal in it, may not be written to."""

    code = "journal.read_only"


class JournalStorageError(JournalError):
    """The disk, stick or network drive failed; everything judged until then is kept."""

    code = "journal.storage"


class JournalUnfinishedError(JournalError):
    """An unfinished scan in the folder was judged by something else: the two must not be mixed."""

    code = "journal.unfinished"
