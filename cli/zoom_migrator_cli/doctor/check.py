"""What one look at the configuration found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import error_code
from zoom_migrator.domain.errors import MigratorError, TransientError
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.doctor.surroundings import Surroundings

# What AWS says to somebody who may not; everything else it refuses is wrong with the stack.
_NOT_ALLOWED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "KMSAccessDeniedException",
        "KmsAccessDeniedException",
        "UnauthorizedOperation",
    }
)


class Severity(StrEnum):
    """How serious a finding is. A problem keeps the product from working; a warning may not.

    ``HINT``: something to know; nothing is wrong.
    """

    OK = "ok"
    HINT = "hint"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        code: Stable name of what was looked at, for scripts.
        message: What was found.
        remedy: What to mend, and how; empty where nothing is to be mended.
    """

    code: str
    severity: Severity
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: a connected stack, and what is around it."""

    connection: Connection
    surroundings: Surroundings


type Look = Callable[[Patient], Check]


def fine(code: str, message: str) -> Check:
    """A finding that needs nothing."""
    return Check(code, Severity.OK, message)


def hint(code: str, message: str, remedy: str = "") -> Check:
    """A finding that is good to know."""
    return Check(code, Severity.HINT, message, remedy)


def warning(code: str, message: str, remedy: str = "") -> Check:
    """A finding that may be meant so."""
    return Check(code, Severity.WARNING, message, remedy)


def problem(code: str, message: str, remedy: str) -> Check:
    """A finding that has to be mended."""
    return Check(code, Severity.PROBLEM, message, remedy)


def looked(code: str, look: Look, patient: Patient) -> Check:
    """Look at one thing; what keeps from looking is a finding, too."""
    try:
        return look(patient)
    except MigratorError as error:
        return _kept_from_looking(code, error)


def _kept_from_looking(code: str, error: MigratorError) -> Check:
    if is_not_allowed(error):
        return warning(
            code,
            f"Could not be looked at: you may not. {error.message}",
            "That need not be wrong: the functions have roles of their own. See 'What an operator "
            "needs' in docs/deploy.md.",
        )
    if isinstance(error, TransientError):
        return problem(code, f"Cannot be looked at now. {error.message}", "Try again in a minute.")
    return problem(code, error.message, error.remedy or "Deploy the current template.")


def is_not_allowed(error: MigratorError) -> bool:
    """Whether AWS refused something to whoever types."""
    cause = error.__cause__
    return isinstance(cause, ClientError) and error_code(cause) in _NOT_ALLOWED
