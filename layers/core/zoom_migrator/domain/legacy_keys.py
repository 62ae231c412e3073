"""The rows of an org that hold the old JWT key and secret, and what changes of them come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from zoom_migrator.domain.check import KeyPresence, LegacyKeys


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A row that holds a key, a secret or both; which values they are is not known here."""

    row_id: str
    has_key: bool = True
    has_secret: bool = True


@dataclass(frozen=True, slots=True)
class KeyValues:
    """What a row holds. Only ever read to be encrypted at once, or to be put back.

    Attributes:
        api_key: None where the field is empty.
        api_secret: None where the field is empty.
    """

    row_id: str
    api_key: str | None = field(repr=False)
    api_secret: str | None = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return self.api_key is None and self.api_secret is None


@dataclass(frozen=True, slots=True)
class KeysFound:
    """What a look at the rows found.

    Attributes:
        rows: The rows that hold something; a package has one row, but nothing enforces that.
        row_count: How many rows the object has at all.
        is_updateable: Whether the integration user may change both fields, as the org describes
            them.
    """

    rows: tuple[KeyRow, ...]
    row_count: int
    is_updateable: bool = True

    @property
    def as_checked(self) -> LegacyKeys:
        """The same as a version check says it."""
        if self.row_count == 0:
            return LegacyKeys(KeyPresence.NO_RECORD, (), 0)
        presence = KeyPresence.PRESENT if self.rows else KeyPresence.ABSENT
        return LegacyKeys(presence, tuple(row.row_id for row in self.rows), self.row_count)


@dataclass(frozen=True, slots=True)
class KeysNotVisible:
    """The integration user cannot see the object or one of its two fields, or they do not exist.

    Attributes:
        said: What the org said, without secrets.
    """

    said: str = ""


class RowRefusal(StrEnum):
    """Why an org does not let a row be changed.

    ``CUSTOMER_LOGIC``: a validation rule, trigger or flow of the customer's. ``FIELD_REQUIRED``:
    the package is so old that the fields must not be empty. ``LOCKED``: somebody else is changing
    the row; it passes. ``OTHER``: what was said is all that is known.
    """

    PERMISSION = "permission"
    CUSTOMER_LOGIC = "customer_logic"
    FIELD_REQUIRED = "field_required"
    LOCKED = "locked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RowChanged:
    """The org says that it was done."""


@dataclass(frozen=True, slots=True)
class RowGone:
    """There is no such row any more, and so nothing in it."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """The org surely did not do it.

    Attributes:
        said: What it said, without secrets.
    """

    reason: RowRefusal
    said: str = ""


@dataclass(frozen=True, slots=True)
class RowUncertain:
    """The answer was lost: only reading back says whether it was done."""

    said: str = ""


type RowAnswer = RowChanged | RowGone | RowRefused | RowUncertain
