"""A passphrase around a copy of the gallery, in the age format: https://age-encryption.org/v1.

The age tool opens what is written here (`age -d`), and what it encrypts with a passphrase (`age -p`) is read here.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from candidates.errors import (
    ArchiveTooLargeError,
    ArchiveUnreadableError,
    ArchiveUnsafeError,
    PassphraseNeededError,
    WrongPassphraseError,
)
from candidates.messages import say

LARGEST: Final = 1 << 29
"""Bytes that are encrypted or decrypted at most.

The library takes a passphrase only with all bytes at once, and needs six times their size in memory (measured: 200 MB
took 1.2 GB), so this is 3 GB.
"""

_HEADERS: Final = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_OVERHEAD: Final = 1 << 20  # of the format, and what text armour adds to small files

# What the library says of a passphrase that does not open the key; of damage it says other things.
_WRONG: Final = "Decryption failed"
_OTHER_KEYS: Final = "No matching keys found"
_TOO_COSTLY: Final = "Excessive work"


class BoundedBuffer(io.BytesIO):
    """Bytes in memory, no more than can be encrypted. Writing beyond that raises `ArchiveTooLargeError`."""

    def write(self, data: io.ReadableBuffer, /) -> int:  # type: ignore[name-defined]
        """Write as `BytesIO` does."""
        if self.tell() + memoryview(data).nbytes > LARGEST:
            raise _too_large()
        return super().write(data)


def is_encrypted(path: Path) -> bool:
    """Tell by its first bytes whether a file is in the age format. Raises `OSError`."""
    with path.open("rb") as file:
        return file.read(max(map(len, _HEADERS))).startswith(_HEADERS)


def encrypted(data: bytes, passphrase: str) -> bytes:
    """Return the bytes encrypted. Raises `PassphraseNeededError` for an empty passphrase, `ArchiveTooLargeError`."""
    import pyrage

    if not passphrase:
        raise PassphraseNeededError(say("transfer.encryption.passphrase_must_not_be_empty"))
    if len(data) > LARGEST:
        raise _too_large()
    return bytes(pyrage.passphrase.encrypt(data, passphrase))


def decrypted(path: Path, passphrase: str) -> bytes:
    """Return what is in an encrypted file.

    Raises `WrongPassphraseError`, `ArchiveUnreadableError` (damaged, or encrypted for keys), `ArchiveUnsafeError`
    (made so that trying a passphrase takes minutes), `ArchiveTooLargeError` and `OSError`.
    """
    import pyrage

    if path.stat().st_size > LARGEST + _OVERHEAD:
        raise _too_large()
    try:
        return bytes(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
    except pyrage.DecryptError as error:
        said = str(error)
        if said.startswith(_WRONG):
            raise WrongPassphraseError(say("transfer.encryption.passphrase_does_not_fit", path=path.name)) from error
        if said.startswith(_TOO_COSTLY):
            raise ArchiveUnsafeError(
                say("transfer.encryption.was_made_to_take_unreasonably", path=path.name)
            ) from error
        if said.startswith(_OTHER_KEYS):
            raise ArchiveUnreadableError(
                say("transfer.encryption.is_encrypted_for_keys_not", path=path.name)
            ) from error
        raise ArchiveUnreadableError(say("transfer.encryption.is_damaged_or_cut_off", path=path.name)) from error


def _too_large() -> ArchiveTooLargeError:
    return ArchiveTooLargeError(say("transfer.encryption.encrypted_copy_is_at_most", largest=LARGEST >> 20))
