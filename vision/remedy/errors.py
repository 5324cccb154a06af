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
    advice_id = "Beri nama yang berakhir .jpg, .jpeg atau .png, atau sebutkan folder yang sudah ada."
    advice_en = "Give a name that ends in .jpg, .jpeg or .png, or name a folder that exists."


class CopyIsOriginalError(CopyError):
    """The copy would lie on the original."""

    code = "copy.is_original"
    advice_id = "Foto asli tidak pernah ditimpa: beri nama lain dengan --out."
    advice_en = "The original is never written over: give another name with --out."


class CopyExistsError(CopyError):
    """There is another file already."""

    code = "copy.exists"
    advice_id = "Beri nama lain, atau tambahkan --force untuk menimpanya."
    advice_en = "Give another name, or add --force to write over it."


class CopyUnwritableError(CopyError):
    """The system does not let the file be written."""

    code = "copy.unwritable"
    advice_id = "Pilih folder lain dengan --out."
    advice_en = "Choose another folder with --out."
