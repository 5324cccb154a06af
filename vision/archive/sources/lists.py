"""Names out of a list: a file or standard input, one name a line, or separated by NUL as `find -print0` writes them."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO

from vision.archive.errors import ListUnreadableError
from vision.archive.sources.files import reason_of
from vision.messages import Message, say

MOST_NAME_BYTES = 2**15
"""A longer name is none: no system has such paths, so that this is no list."""

_CHUNK_BYTES = 2**16
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_list(source: str | BinaryIO) -> Iterator[str]:
    """Yield the names in a list; `-` is standard input. Relative names are relative to the working directory.

    Names are separated by NUL where there is one at the list's beginning, else by the ends of lines. Bytes that are no
    UTF-8 become surrogate escapes; a byte order mark is skipped, and UTF-16, as PowerShell writes it, understood.
    Raises ListUnreadableError.
    """
    told = source if isinstance(source, str) else getattr(source, "name", "-")
    try:
        with ExitStack() as stack:
            yield from _names(_opened(source, stack), str(told))
    except (OSError, ValueError) as error:
        raise _unreadable(str(told), reason_of(error)) from error


def _opened(source: str | BinaryIO, stack: ExitStack) -> BinaryIO:
    if not isinstance(source, str):
        return source
    if source == "-":
        return sys.stdin.buffer
    return stack.enter_context(open(source, "rb"))  # noqa: PTH123  a pipe is as good: `--from <(find …)`


def _names(stream: BinaryIO, told: str) -> Iterator[str]:
    rest = stream.read(_CHUNK_BYTES)
    if rest.startswith(_UTF16_MARKS):
        text = io.TextIOWrapper(io.BytesIO(rest + stream.read()), "utf-16")
        yield from filter(None, (line.rstrip("\r\n") for line in text))
        return
    rest = rest.removeprefix(codecs.BOM_UTF8)
    by_nul = b"\0" in rest
    separator = b"\0" if by_nul else b"\n"
    ended = not rest
    while not ended:
        *names, rest = rest.split(separator)
        if len(rest) > MOST_NAME_BYTES or any(len(name) > MOST_NAME_BYTES for name in names):
            raise _unreadable(told, say("archive.lists.this_is_no_list_of"))
        for name in names:
            if name := name if by_nul else name.rstrip(b"\r"):
                yield os.fsdecode(name)
        chunk = stream.read(_CHUNK_BYTES)
        ended = not chunk
        rest += chunk
    if rest := rest if by_nul else rest.rstrip(b"\r"):
        yield os.fsdecode(rest)


def _unreadable(told: str, reason: Message) -> ListUnreadableError:
    return ListUnreadableError(say("archive.lists.list_could_not_be_read", told=told, reason=reason))
