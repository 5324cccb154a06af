"""What can be wrong with the place of a copy.

FotoNetralError
└── CopyError
    ├── CopyFormatError           copy.format
    ├── CopyIsOriginalError       copy.is_original
    ├── CopyExistsError           copy.exists
    └── CopyUnwritableError       copy.unwritable
"""

from __future__ import annotations

from vision.errors import FotoNetralError


class CopyError(FotoNetralError):
    """The copy cannot be written where it should be."""

    code = "copy.unwritable"


class CopyFormatError(CopyError):
    """The name of the copy ends in something that is not written."""

    code = "copy.format"


class CopyIsOriginalError(CopyError):
    """The copy would lie on the original."""

    code = "copy.is_original"


class CopyExistsError(CopyError):
    """There is another file already."""

    code = "copy.exists"


class CopyUnwritableError(CopyError):
    """The system does not let the file be written."""

    code = "copy.unwritable"
