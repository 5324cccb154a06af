"""The message files of both packages are complete, and the code asks them for what they hold."""

import ast
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import vision
from candidates.messages import LANGUAGES, LiteralText, Message, MessageSequence, say
from candidates.messages.catalogue import Template, files_of, templates
from candidates.messages.errors import CodedError
from scripts.house.error_codes import FILE, codes, error_classes, text
from vision.errors import FotoNetralError

BOOKS = ("candidates.messages", "vision.messages")
ROOT = Path(vision.__file__).parents[1]
ASKED_BY = {"say", "line", "pick", "progress", "words_of"}


def _texts(book: str, language: str) -> dict[str, Template]:
    return {key: text for file in files_of(book, language) for key, text in templates(book, file, language).items()}


def _variants(text: Template) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def _fields(text: Template) -> set[str]:
    return {name for one in _variants(text) for _, name, _, _ in string.Formatter().parse(one) if name is not None}


ERRORS = sorted(error_classes(), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("book", BOOKS)
def test_both_languages_say_the_same_things(book: str) -> None:
    indonesian, english = (_texts(book, language) for language in LANGUAGES)
    assert indonesian.keys() == english.keys()
    assert {key for key in english if _fields(indonesian[key]) != _fields(english[key])} == set()
    assert {key for texts in (indonesian, english) for key, text in texts.items() if not all(_variants(text))} == set()


def _asked() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield place, key and call for every message that is asked for; a key ends in "*" where it is put together."""
    for package in ("candidates", "vision"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name not in ASKED_BY:
                    continue
                first = node.args[-1] if name == "progress" else node.args[0]
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield place, f"{first.value}.*" if name == "words_of" else first.value, node
                elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                    yield place, f"{first.values[0].value!s}*", node


def _book(place: str) -> dict[str, Template]:
    return _texts(f"{place.partition('/')[0]}.messages", "en")


def test_every_message_that_is_asked_for_exists_and_gets_its_values() -> None:
    wrong = []
    for place, key, call in _asked():
        if key.endswith("*"):
            if not any(known.startswith(key[:-1]) for known in _book(place)):
                wrong.append(f"{place}: nothing begins with {key[:-1]}")
        elif key not in _book(place):
            wrong.append(f"{place}: no {key}")
        elif all(one.arg is not None for one in call.keywords):
            given = {one.arg for one in call.keywords} - {"err"}
            if given - {"count"} != _fields(_book(place)[key]) - {"count"}:
                wrong.append(
                    f"{place}: {key} takes {sorted(_fields(_book(place)[key]))}, gets {sorted(map(str, given))}"
                )
    assert wrong == []


@pytest.mark.parametrize("book", BOOKS)
def test_every_text_is_used(book: str) -> None:
    package = book.partition(".")[0]
    keys = {key for place, key, _ in _asked() if place.startswith(f"{package}/")}
    whole, begun = {key for key in keys if not key.endswith("*")}, tuple(key[:-1] for key in keys if key.endswith("*"))
    by_reader = ("errors.advice.", "list.", "service.reason.")
    unused = {key for key in _texts(book, "en") if key not in whole and not key.startswith((*begun, *by_reader))}
    assert unused == set()


def test_advice_is_about_codes_that_exist() -> None:
    codes = {book: {kind.code for kind in ERRORS if kind.book == book} for book in BOOKS}
    for book in BOOKS:
        advised = {key.removeprefix("errors.advice.") for key in templates(book, "errors", "en")}
        assert advised - codes[book] == set()


def test_every_code_is_documented() -> None:
    assert FILE.read_text("utf-8") == text()
    calls = [
        node
        for path in (ROOT / "candidates").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason"
    ]
    told = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert told <= codes().keys()
    assert all(meaning for meaning, _ in codes().values())


def test_a_code_means_one_thing() -> None:
    """Classes share a code only where one is the other's base: the general error and its usual kind."""
    for kind in ERRORS:
        for other in ERRORS:
            if kind.code == other.code:
                assert issubclass(kind, other) or issubclass(other, kind), (kind, other)


def _example(kind: type[CodedError]) -> CodedError:
    from vision.media.kinds import FileKind
    from vision.media.unseen import NotLookedAtError

    if kind is NotLookedAtError:
        return NotLookedAtError(FileKind.VIDEO)
    return kind(say("gallery.gallery.is_not_registered", name="Ani"), advice=LiteralText("Coba lagi.", "Try again."))


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_travels_between_processes(kind: type[CodedError]) -> None:
    error = _example(kind)
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (back.code, back.kind) == (error.code, error.kind)
    assert [back.text(language) for language in LANGUAGES] == [error.text(language) for language in LANGUAGES]
    assert str(back) == error.message_en


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do_in_both_languages_or_in_none(kind: type[CodedError]) -> None:
    advice = kind.usual_advice()
    assert advice is None or all(advice.text(language) for language in LANGUAGES)


def test_lists_and_numbers_are_written_as_the_language_does() -> None:
    from candidates.messages.filling import filled

    values = {"names": ("a", "b", "c"), "people": 12345, "rate": 0.25, "one": ("a",), "none": ()}
    text = "{names} {names:or} {names:and} {people:n} {rate:.2fn} {one:or} {none:or}"
    assert filled(text, values, "id") == "a, b, c a, b atau c a, b dan c 12.345 0,25 a "
    assert filled(text, values, "en") == "a, b, c a, b or c a, b and c 12,345 0.25 a "


@pytest.mark.parametrize(("count", "told"), [(1, "1 photo"), (0, "0 photos"), (2, "2 photos")])
def test_a_text_agrees_with_its_number(count: int, told: str) -> None:
    from candidates.messages.filling import filled

    assert filled({"one": "{count} photo", "other": "{count} photos"}, {"count": count}, "en") == told


def test_messages_stand_in_messages_and_travel() -> None:
    inner: Message = MessageSequence((LiteralText("satu", "one"), LiteralText("", ""), LiteralText("dua", "two")))
    message = pickle.loads(pickle.dumps(say("causes.reason.with_words", reason=inner, said="x")))
    assert [message.text(language) for language in LANGUAGES] == ["satu dua (x)", "one two (x)"]


def test_words_of_ones_own_make_an_error() -> None:
    error = FotoNetralError("rusak", "broken", advice=("Coba lagi.", "Try again."))
    assert (error.message_id, error.message_en) == ("rusak", "broken")
    assert (error.text("id"), error.text("en")) == ("rusak Coba lagi.", "broken Try again.")
    assert repr(error) == "FotoNetralError('broken')"
