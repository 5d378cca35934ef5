"""Sentences for people: English as they stand, with a key and values so that the page can say them."""

from __future__ import annotations

from typing import Any, Self


class Word(str):
    """What the page has words of its own for: it reads as English, and is sent as its key."""

    __slots__ = ("key",)

    key: str

    def __new__(cls, key: str, text: str) -> Self:
        """Keep the key beside the text."""
        made = super().__new__(cls, text)
        made.key = key
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Let copies be made of what it was made of."""
        return self.key, str(self)


class Said(str):
    """A sentence in English that knows what it is made of.

    Attributes
    ----------
    key
        Names the sentence in the page's messages, as ``said.KEY``; a test holds that both languages have it.
    template
        The sentence with its ``{names}``, and ``{count:unit breaks|units break}`` by whether there is one.
    values
        What stands for the names: text, whole or rounded numbers, sentences again, or lists of these. The names
        "layer", "level", "levels", "state", "step", "measure" and "refusal" are of words the page knows.
    """

    __slots__ = ("key", "template", "values")

    key: str
    template: str
    values: dict[str, Any]

    def __new__(cls, key: str, template: str, /, **values: Any) -> Self:
        """Fill the template in."""
        made = super().__new__(cls, template.format(**{name: _words(one) for name, one in values.items()}))
        made.key, made.template, made.values = key, template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        """Let copies be made of what it was made of."""
        return (self.key, self.template), self.values

    def as_json(self) -> dict[str, Any]:
        """Return the sentence as the page takes it."""
        values = {name: _sent(one) for name, one in self.values.items()}
        return {"text": str(self), "key": self.key, "values": values}


def told(sentence: str) -> dict[str, Any]:
    """Return any sentence as the page takes it; one without a key is shown as it stands."""
    return sentence.as_json() if isinstance(sentence, Said) else {"text": sentence}


def _sent(value: Any) -> Any:
    if isinstance(value, Word):
        return value.key
    if isinstance(value, list | tuple):
        return [_sent(one) for one in value]
    return value.as_json() if isinstance(value, Said) else value


def spot(x: float, y: float, decimals: int = 1) -> str:
    """Return a place in the plane as it is written in sentences, metres."""
    return f"({x:.{decimals}f}, {y:.{decimals}f})"


def counted(count: int, one: str, several: str) -> str:
    """Return a number of things as English says it: ``1 breach``, ``2 breaches``."""
    return f"{count:,} {one if count == 1 else several}"


class _Filled(str):
    """What stands for a name in a template."""

    __slots__ = ()

    def __format__(self, forms: str) -> str:
        """Return itself, or the first of two forms where it is one thing and the second where not."""
        one, _, several = forms.partition("|")
        return str(self) if not forms else one if self == "1" else several


def _words(value: Any) -> _Filled:
    if isinstance(value, list | tuple):
        return _Filled(", ".join(value))
    return _Filled(f"{value:,}" if isinstance(value, int | float) else value)
