"""Check every state machine: two linters from outside, and the rules of this repository.

``sam validate`` and cfn-lint never open a ``DefinitionUri``, so nothing else looks in here.

Usage: ``python -m scripts.lint_statemachines``
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from statelint.config import Config
from statelint.linter import Linter

from scripts.statemachines import (
    ROOT,
    Definition,
    Machine,
    all_states,
    load,
    machines,
    paths,
    transitions,
    variables_used,
)
from zoom_migrator.domain import errors

type Rule = Callable[[Definition], Iterator[str]]

ASL_VALIDATOR: Final = ROOT / "tools/asl/node_modules/asl-validator/dist/bin/asl-validator.js"
# What Lambda's own service may raise. Source: Step Functions guide, "Handle transient Lambda
# service exceptions".
LAMBDA_ERRORS: Final = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
# Source: Step Functions guide, "Error names".
STATES_ERRORS: Final = frozenset(
    {
        "States.ALL",
        "States.DataLimitExceeded",
        "States.ExceedToleratedFailureThreshold",
        "States.HeartbeatTimeout",
        "States.ItemReaderFailed",
        "States.Permissions",
        "States.QueryEvaluationError",
        "States.ResultWriterFailed",
        "States.Runtime",
        "States.TaskFailed",
        "States.Timeout",
    }
)
# Retrying these retries mistakes of ours as well.
_TOO_WIDE_TO_RETRY: Final = frozenset({"States.ALL", "States.TaskFailed"})
# statelint 3.1.0 knows the reader's formats of the language, not those of the S3 reader, which
# demands an InputType.
_STATELINT_FALSE_ALARM: Final = '"InputType" not allowed'


def product_errors(base: type[errors.MigratorError] = errors.MigratorError) -> frozenset[str]:
    """Names of our error classes of one kind."""
    return frozenset(
        name
        for name, member in inspect.getmembers(errors, inspect.isclass)
        if issubclass(member, base) and member is not base
    )


def query_languages(definition: Definition) -> Iterator[str]:
    """No top-level language, and JSONPath for Map states only.

    With a top-level JSONata no state may be JSONPath, and the embedded AWS reads a manifest in
    JSONPath only.
    """
    if "QueryLanguage" in definition:
        yield "the top level names a QueryLanguage"
    for name, state in all_states(definition):
        wanted = "JSONPath" if state["Type"] == "Map" else "JSONata"
        if state.get("QueryLanguage") != wanted:
            yield f"{name}: QueryLanguage is not {wanted}"


def comments(definition: Definition) -> Iterator[str]:
    """The machine and every state say what they are for."""
    if not definition.get("Comment"):
        yield "the machine has no Comment"
    for name, state in all_states(definition):
        if not state.get("Comment"):
            yield f"{name}: no Comment"


def timeouts(definition: Definition) -> Iterator[str]:
    """Nothing waits for ever: the default of a Task is three years."""
    if "TimeoutSeconds" not in definition:
        yield "the machine has no TimeoutSeconds"
    for name, state in all_states(definition):
        if state["Type"] == "Task" and "TimeoutSeconds" not in state:
            yield f"{name}: no TimeoutSeconds"


def retry_shape(definition: Definition) -> Iterator[str]:
    """Retries spread out and do not grow without end."""
    for name, state in all_states(definition):
        for retry in state.get("Retry", []):
            if retry.get("JitterStrategy") != "FULL":
                yield f"{name}: a Retry without JitterStrategy FULL"
            if "MaxDelaySeconds" not in retry:
                yield f"{name}: a Retry without MaxDelaySeconds"


def retried_errors(definition: Definition) -> Iterator[str]:
    """A function's Task retries Lambda's own errors and our transient ones, and no state others."""
    transient = product_errors(errors.TransientError)
    wanted = {*LAMBDA_ERRORS, *transient}
    unwanted = _TOO_WIDE_TO_RETRY | (product_errors() - transient)
    for name, state in all_states(definition):
        retried = {error for retry in state.get("Retry", []) for error in retry["ErrorEquals"]}
        for error in sorted(retried & unwanted):
            yield f"{name}: {error} must not be retried"
        if "lambda:invoke" in state.get("Resource", ""):
            for error in sorted(wanted - retried):
                yield f"{name}: {error} is not retried"


def catches(definition: Definition) -> Iterator[str]:
    """Every Task and Map catches what is left, last and alone."""
    for name, state in all_states(definition):
        if state["Type"] not in {"Task", "Map"}:
            continue
        caught = [catcher["ErrorEquals"] for catcher in state.get("Catch", [])]
        if not caught or caught[-1] != ["States.ALL"]:
            yield f"{name}: its last Catch is not States.ALL"
        if any("States.ALL" in names for names in caught[:-1]):
            yield f"{name}: States.ALL hides the Catch after it"


def error_names(definition: Definition) -> Iterator[str]:
    """Whatever is retried or caught exists."""
    known = {*LAMBDA_ERRORS, *STATES_ERRORS, *product_errors()}
    for name, state in all_states(definition):
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
            for error in sorted({*rule["ErrorEquals"]} - known):
                yield f"{name}: nothing raises {error}"


def variables(definition: Definition) -> Iterator[str]:
    """A variable is read only where every way to the state has set it, and none is set in vain.

    Reading one that is not set ends the execution with States.QueryEvaluationError.
    """
    used: set[str] = set()
    assigned: set[str] = set()
    entry: dict[tuple[str, ...], frozenset[str]] = {(): frozenset()}
    for machine in machines(definition):
        known = _known_on_entry(machine, entry[machine.path])
        for name, state in machine.states.items():
            entry[(*machine.path, name)] = known[name]
            own = {key: value for key, value in state.items() if key != "ItemProcessor"}
            used |= variables_used(own)
            for way in transitions(name, state):
                assigned |= way.assigns
            for variable in sorted(variables_used(own) - known[name]):
                yield f"{name}: ${variable} is read but not set on every way here"
    for variable in sorted(assigned - used):
        yield f"${variable} is set but never read"


def _known_on_entry(machine: Machine, given: frozenset[str]) -> dict[str, frozenset[str]]:
    """The variables that are surely set when each state is entered."""
    ways = [way for name, state in machine.states.items() for way in transitions(name, state)]
    everything = given.union(*(way.assigns for way in ways))
    # Start from "all of them" and take away until nothing changes.
    known = dict.fromkeys(machine.states, everything) | {machine.start: given}
    changed = True
    while changed:
        changed = False
        for way in ways:
            narrowed = known[way.target] & (known[way.source] | way.assigns)
            if narrowed != known[way.target]:
                known[way.target] = narrowed
                changed = True
    return known


RULES: Final[tuple[Rule, ...]] = (
    query_languages,
    comments,
    timeouts,
    retry_shape,
    retried_errors,
    catches,
    error_names,
    variables,
)


def own_problems(definition: Definition) -> list[str]:
    """What the rules of this repository find."""
    return [problem for rule in RULES for problem in rule(definition)]


def statelint_problems(definition: Definition) -> list[str]:
    """What statelint finds, without its one known false alarm."""
    found = Linter.validate(definition, Config())
    return [str(problem) for problem in found if _STATELINT_FALSE_ALARM not in str(problem)]


def asl_validator_problems(path: Path) -> list[str]:
    """What asl-validator finds."""
    finished = subprocess.run(  # noqa: S603 - a fixed command on a file of ours
        ["node", str(ASL_VALIDATOR), "--json-path", str(path)],  # noqa: S607 - node is on the path
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if finished.returncode == 0 else [finished.stdout + finished.stderr]


def main() -> int:
    """Print every problem of every definition."""
    problems = [
        f"{path.relative_to(ROOT)}: {problem}"
        for path in paths()
        for problem in [
            *asl_validator_problems(path),
            *statelint_problems(load(path)),
            *own_problems(load(path)),
        ]
    ]
    print("\n".join(problems) or f"{len(paths())} state machine(s): no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
