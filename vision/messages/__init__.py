"""The sentences of this package: message files beside this module, in the form that `candidates.messages` explains."""

from __future__ import annotations

from collections.abc import Mapping

from candidates.messages import LANGUAGES as LANGUAGES
from candidates.messages import Language as Language
from candidates.messages import LiteralText as LiteralText
from candidates.messages import Message as Message
from candidates.messages import MessageSequence as MessageSequence
from candidates.messages import message_of


def say(key: str, /, **values: object) -> Message:
    """Return the message of a key of this package's files."""
    return message_of(__name__, key, values)


def words_of(section: str, language: Language) -> Mapping[str, str]:
    """Return the texts of a section ("command.scan_run") or a whole file by their names, for who needs many of them."""
    from candidates.messages import catalogue

    return catalogue.section(__name__, section, language)
