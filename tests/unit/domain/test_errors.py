from __future__ import annotations

import inspect

import pytest

from zoom_migrator.domain import errors
from zoom_migrator.domain.errors import (
    InvariantViolation,
    MigratorError,
    OperatorActionRequired,
    RowProblem,
    TransientError,
)

BRANCHES = (OperatorActionRequired, TransientError, InvariantViolation)
every_error = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, MigratorError)
]


@pytest.mark.parametrize("error", [error for error in every_error if error is not MigratorError])
def test_every_error_says_who_can_mend_it(error: type[MigratorError]) -> None:
    assert sum(issubclass(error, branch) for branch in BRANCHES) == 1


@pytest.mark.parametrize("error", every_error)
def test_every_error_stands_in_the_tree_at_the_top_of_its_module(
    error: type[MigratorError],
) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_an_error_carries_its_message_and_what_to_do() -> None:
    error = MigratorError("It broke.", remedy="Mend it.")

    assert (str(error), error.message, error.remedy) == ("It broke.", "It broke.", "Mend it.")
    assert MigratorError("It broke.").remedy == ""


def test_a_problem_of_a_whole_line_names_no_column() -> None:
    assert str(RowProblem(3, "", "11 cells expected, 2 found")) == (
        "line 3: 11 cells expected, 2 found"
    )
