"""Settings of functions, read and checked without a library.

Importing pydantic, and having it make its rules, takes a third of the cold start of a function that
people wait for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, field, fields
from datetime import date
from typing import Any, ClassVar, Final, Self, cast

from zoom_migrator.domain.errors import InvalidSettings

_READ: Final = "read"


class _Names:
    """The names of all settings of a class."""

    def __get__(self, instance: object, owner: type[PlainSettings]) -> tuple[str, ...]:
        return tuple(each.name for each in _fields_of(owner))


class PlainSettings:
    """Base of frozen dataclasses whose fields are made by :func:`setting`.

    Attributes:
        model_fields: Names of the settings.
    """

    model_fields: ClassVar = _Names()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read settings from environment variables, which have the fields' names in capitals.

        Raises:
            InvalidSettings: One is missing or malformed; the message names it and repeats no value.
        """
        values, faults = {}, []
        for each in _fields_of(cls):
            variable = each.name.upper()
            try:
                if variable in environ:
                    values[each.name] = each.metadata[_READ](environ[variable])
                elif each.default is MISSING:
                    faults.append(f"{variable}: Field required")
            except ValueError as fault:
                faults.append(f"{variable}: {fault}")
        if faults:
            raise wrong_settings(faults)
        return cls(**values)


def setting[T](read: Callable[[str], T], default: T | None = None) -> T:
    """A field of settings.

    Args:
        read: Makes its value of the variable's text, or raises ``ValueError`` with what is
            expected instead.
        default: Its value where the variable is not set; None where it has to be.
    """
    metadata = {_READ: read}
    made = (
        field(metadata=metadata) if default is None else field(default=default, metadata=metadata)
    )
    return cast("T", made)


def wrong_settings(faults: Iterable[str]) -> InvalidSettings:
    """The error that says what is wrong with a function's settings."""
    return InvalidSettings(
        f"The function's settings are wrong: {'; '.join(faults)}.",
        remedy="Correct the stack's parameters and deploy again.",
    )


def matching(pattern: str, expected: str) -> Callable[[str], str]:
    """Reads a text of a form."""
    form = re.compile(pattern)

    def read(text: str) -> str:
        if form.fullmatch(text) is None:
            raise ValueError(f"{expected} expected")
        return text

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number between two others."""

    def read(text: str) -> int:
        if re.fullmatch("[0-9]{1,9}", text) is None:
            raise ValueError("a whole number expected")
        if int(text) < least:
            raise ValueError(f"at least {least} expected")
        if int(text) > most:
            raise ValueError(f"at most {most} expected")
        return int(text)

    return read


def day(text: str) -> date:
    """Reads a day."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("a day such as 2023-09-08 expected")


def anything(text: str) -> str:
    """Reads any text."""
    return text


arn: Final = matching(r"arn:.+", "an ARN")
table_name: Final = matching(r".{3,}", "a name of at least three characters")


def _fields_of(kind: type[PlainSettings]) -> tuple[Field[Any], ...]:
    return fields(kind)  # type: ignore[arg-type] # subclasses are dataclasses
