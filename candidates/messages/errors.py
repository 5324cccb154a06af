"""The root of all errors that are raised on purpose: a code, and what to tell people."""

from __future__ import annotations

from typing import ClassVar, Self

from candidates.messages import Language, LiteralText, Message, MessageSequence, Sentence


class CodedError(Exception):
    """An error with a stable `code`, a message that says what is wrong, and advice on what to do.

    What to do follows from the code (`errors.toml`, section `advice`), the class's own or the nearest above it, unless
    the error brings its own advice. Errors travel between processes whole.
    """

    code: ClassVar[str] = "engine.failed"
    book: ClassVar[str] = __name__.rpartition(".")[0]
    """The package whose message files know the advice."""
    has_advice: ClassVar[bool] = True
    """Whether the code's advice, or that of the errors above it, fits; False where each message says it itself."""
    kind: str = ""
    """What kind of file was not looked at (`vision.media.kinds.FileKind`); empty for what is no such error."""

    def __init__(
        self,
        message: Message | str,
        message_en: str | None = None,
        advice: Message | tuple[str, str] | None = None,
    ) -> None:
        """Take what is wrong, and what to do where the code's own advice does not fit.

        Who keeps no message files gives the message as two texts, Indonesian and English; the advice as a pair of them.
        """
        super().__init__()
        self.says = LiteralText(message, message_en or message) if isinstance(message, str) else message
        self._advice = LiteralText(*advice) if isinstance(advice, tuple) else advice

    def __str__(self) -> str:
        return self.message("en")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message('en')!r})"

    def __reduce__(self) -> tuple[type[Self], tuple[Message, None, Message | None]]:
        """Travel between processes by what the error was made of."""
        return type(self), (self.says, None, self._advice)

    @property
    def message_id(self) -> str:
        """What is wrong, in Indonesian."""
        return self.message("id")

    @property
    def message_en(self) -> str:
        """What is wrong, in English."""
        return self.message("en")

    @property
    def advice_id(self) -> str:
        """What to do, in Indonesian; empty where there is nothing to say."""
        return self.advice("id")

    @property
    def advice_en(self) -> str:
        """What to do, in English."""
        return self.advice("en")

    def message(self, language: Language = "id") -> str:
        """Return what is wrong."""
        return self.says.text(language)

    def advice(self, language: Language = "id") -> str:
        """Return what to do; empty where there is nothing to say."""
        told = self._advice or self.usual_advice()
        return told.text(language) if told is not None else ""

    def text(self, language: Language = "id") -> str:
        """Return message and advice in one line."""
        return self.whole().text(language)

    def whole(self) -> Message:
        """Return message and advice as one message."""
        advice = self._advice or self.usual_advice()
        return self.says if advice is None else MessageSequence((self.says, advice))

    @classmethod
    def usual_advice(cls) -> Message | None:
        """Return what to do about an error of this class, or None."""
        from candidates.messages.catalogue import template_at

        for above in cls.__mro__ if cls.has_advice else ():
            if "book" in vars(above):
                break  # the root of a tree: its advice would fit nothing in particular
            if issubclass(above, CodedError) and "code" in vars(above):
                key = f"errors.advice.{above.code}"
                if template_at(above.book, key, "en") is not None:
                    return Sentence(above.book, key, {})
        return None
