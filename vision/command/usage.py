"""What is wrong with a call of the command, in the caller's language: one place for all of click's messages.

Click speaks English and says what it did not like, not what it wanted. The words here follow from the kind of the error
and the type of the option or argument; what click says is shown where there are none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

import click

from vision.errors import Language
from vision.messages import Message, words_of

CODE: Final = "command.usage"

LANGUAGE_VARIABLE: Final = "FOTONETRAL_LANG"
"""Names the language of commands that are called without `--lang`, or have no such option."""

_LANGUAGES: Final = ("id", "en")


_QUOTED: Final = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_VALUE: Final = re.compile(rf"(?:\w+ )?(?P<value>{_QUOTED}|\S+) (?:is|does) ", re.DOTALL)
_PATH_FAULT: Final = re.compile(r" (does not exist|is a file|is a directory|is not readable|is not writable)\.\Z")
_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")

# What click raises as a bare UsageError: pattern → word, the value as group 1.
_BARE: Final = (
    (re.compile(rf"No such command ({_QUOTED}|\S+)"), "unknown_command"),
    (re.compile(r"Missing command"), "no_command"),
    (re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL), "extra"),
    (re.compile(rf"Option ({_QUOTED}|\S+) requires"), "needs_value"),
    (re.compile(rf"Option ({_QUOTED}|\S+) does not take"), "takes_no_value"),
)


class WrongCallError(click.UsageError):
    """A wrong call that the product itself finds, in both languages."""

    def __init__(self, says: Message) -> None:
        super().__init__(says.text("id"))
        self.says = says


class WrongValueError(click.BadParameter):
    """A value that the product itself refuses, in both languages; says what was expected and what came."""

    def __init__(self, says: Message) -> None:
        super().__init__(says.text("id"))
        self.says = says


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language that a call asks for, also where the call is so wrong that it is never parsed."""
    told = os.environ.get(LANGUAGE_VARIABLE, "")
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and at + 1 < len(arguments):
            told = arguments[at + 1]
        elif argument.startswith("--lang="):
            told = argument.removeprefix("--lang=")
    return cast(Language, told) if told in _LANGUAGES else "id"


def usage_text(error: click.ClickException, language: Language) -> str:
    """Return what is to be told about a wrong call: how it is called, where help is, what is wrong and what to do."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        return error.format_message()  # the help itself
    words = words_of("command.usage", language)
    lines = []
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        usage = context.get_usage().partition(":")[2].strip()
        lines += [words["usage"].format(usage=usage), words["help"].format(command=context.command_path), ""]
    lines.append(words["wrong"].format(what=_what(error, language), code=CODE))
    return "\n".join(lines)


def _what(error: click.ClickException, language: Language) -> str:
    words = words_of("command.usage", language)
    if isinstance(error, WrongCallError):
        return error.says.text(language)
    if isinstance(error, WrongValueError):
        return f"{_name(error.param)}: {error.says.text(language)}"
    if isinstance(error, click.MissingParameter):
        return words["missing"].format(name=_name(error.param))
    if isinstance(error, click.NoSuchOption):
        near = error.possibilities or ()
        return words["unknown_option"].format(value=error.option_name) + (
            words["meant"].format(names=", ".join(sorted(near))) if near else ""
        )
    if isinstance(error, click.BadParameter):
        return _wrong_value(error, language)
    for pattern, word in _BARE:
        if found := pattern.match(error.message):
            return words[word].format(value=_bare(found[1]) if pattern.groups else "")
    return error.format_message()


def _wrong_value(error: click.BadParameter, language: Language) -> str:
    words, kind = words_of("command.usage", language), None if error.param is None else error.param.type
    found = _VALUE.match(error.message)
    value = "" if found is None else _bare(found["value"])
    reason = None
    if found is None:
        pass
    elif isinstance(kind, click.Choice):
        reason = words["choice"].format(choices=", ".join(str(choice) for choice in kind.choices))
    elif isinstance(kind, click.DateTime):
        reason = words["no_such_day" if _DAY.fullmatch(value) else "date"]
    elif isinstance(kind, click.IntRange | click.FloatRange) and "not in the range" in error.message:
        reason = words["range"].format(bounds=_bounds(kind, words))
    elif kind is click.INT or isinstance(kind, click.IntRange):
        reason = words["int"]
    elif kind is click.FLOAT or isinstance(kind, click.FloatRange):
        reason = words["float"]
    elif fault := _PATH_FAULT.search(error.message):
        reason = words[fault[1]]
    if reason is None:
        return error.format_message()
    return words["value"].format(name=_name(error.param), value=value, reason=reason)


def _bounds(kind: click.IntRange | click.FloatRange, words: Mapping[str, str]) -> str:
    bounds = []
    if kind.min is not None:
        bounds.append(words["above" if kind.min_open else "least"].format(least=f"{kind.min:g}"))
    if kind.max is not None:
        bounds.append(words["below" if kind.max_open else "most"].format(most=f"{kind.max:g}"))
    return ", ".join(bounds)


def _name(param: click.Parameter | None) -> str:
    """Return an option or argument as it is written in a call."""
    if param is None:
        return "?"
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name


def _bare(value: str) -> str:
    """Take the quotes off a text that was quoted for showing; what cannot be printed in it stays escaped."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
