"""Errors the product raises; the names are public, because state machines catch them by name.

MigratorError
├─ OperatorActionRequired      a person has to change something; never retried
│  ├─ ConfirmationMissing
│  ├─ GrantNotFound
│  ├─ InvalidFleetFile
│  ├─ InvalidSettings
│  ├─ InvalidTaskInput
│  ├─ LinkRefused
│  │  └─ LinkReplaced
│  ├─ MigrationNotFound
│  ├─ NoticeNotFound
│  ├─ NothingToApprove
│  ├─ NothingToAuthorize
│  ├─ NothingToMigrate
│  ├─ NothingToRestore
│  ├─ OrgNotFound
│  ├─ ScanNotFound
│  └─ StackNotFound
├─ TransientError              trying again later may work; state machines retry these by name
│  ├─ ConcurrentModification
│  └─ StoreUnavailable
└─ InvariantViolation          a bug: never retried, always alarmed
   └─ IllegalTransition
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MigratorError(Exception):
    """Base of every error of the product.

    Attributes:
        message: What went wrong and in which org, in words for people, without secrets.
        remedy: What to do about it; empty where nothing can be advised.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class OperatorActionRequired(MigratorError):
    """A person has to change something before this can work; retrying is pointless."""


class TransientError(MigratorError):
    """Nothing is wrong with the request; trying again later may work."""


class InvariantViolation(MigratorError):
    """The program contradicts itself: a bug, to be alarmed about and never retried."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong in a fleet file.

    Attributes:
        line: Line number in the file, 1 for the header.
        column: Name of the column, or ``""`` where the whole line is meant.
        reason: What is wrong and what is expected instead.
    """

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.reason}"


class InvalidFleetFile(OperatorActionRequired):
    """A fleet file has bad rows; nothing of it was imported.

    Attributes:
        problems: Every problem found, in the order of the file.
    """

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"The fleet file has {count} {noun}; nothing was imported.",
            remedy="Correct the lines named and import the file again.",
        )


class InvalidSettings(OperatorActionRequired):
    """A setting is missing or malformed; the message names it."""


class InvalidTaskInput(OperatorActionRequired):
    """A function was invoked with input that is not what its contract says."""


class OrgNotFound(OperatorActionRequired):
    """No org with this id is registered."""


class ScanNotFound(OperatorActionRequired):
    """No scan with this id is known."""


class MigrationNotFound(OperatorActionRequired):
    """The org has had no migration, or none with this number."""


class NoticeNotFound(OperatorActionRequired):
    """The org has had no notice, or none of this kind."""


class NothingToMigrate(OperatorActionRequired):
    """A migration cannot be started, resumed or stopped, as there is nothing for it to do."""


class NothingToApprove(OperatorActionRequired):
    """No answer is awaited from this org, or it has been given already."""


class NothingToAuthorize(OperatorActionRequired):
    """No authorization is awaited from this org, or it has been given already."""


class NothingToRestore(OperatorActionRequired):
    """No backup of the org's old keys exists any more, or they cannot be put back now."""


class ConfirmationMissing(OperatorActionRequired):
    """The old keys are to be removed without anybody having seen that the package is connected."""


class GrantNotFound(OperatorActionRequired):
    """No grant with this id is known, or the org uses none."""


class LinkRefused(OperatorActionRequired):
    """A signed link is forged, damaged, out of date or revoked; the message says which."""


class LinkReplaced(LinkRefused):
    """A link is genuine, and leads to a request that has been asked anew under another one."""


class StackNotFound(OperatorActionRequired):
    """The deployed stack the command line was told to work on cannot be read."""


class ConcurrentModification(TransientError):
    """Somebody else changed the same item since it was read; read again and repeat."""


class StoreUnavailable(TransientError):
    """A database or object store is throttling or unreachable."""


class IllegalTransition(InvariantViolation):
    """A status change that the transition table does not know."""
