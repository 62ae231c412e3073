"""Rules of this repository for how a state machine goes on: time-outs, retries, failures, ends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Final

from scripts.statemachines import Definition, all_states
from zoom_migrator.domain import errors

type Rule = Callable[[Definition], Iterator[str]]

# What Lambda's own service may raise. Source: Step Functions guide, "Handle transient Lambda
# service exceptions".
LAMBDA_ERRORS: Final = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
# How a run of a function that died is told. Source of the first: the same page. The others are the
# errorType of Lambda's own answer then, which takes the place of an error's name; not verified.
DEATHS: Final = ("Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout")
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


def choices(definition: Definition) -> Iterator[str]:
    """A Choice always has a way on; an execution without one ends with States.NoChoiceMatched."""
    for name, state in all_states(definition):
        if state["Type"] == "Choice" and "Default" not in state:
            yield f"{name}: no Default"


def ends(definition: Definition) -> Iterator[str]:
    """An execution ends well by a Pass: the embedded AWS drops the output of a Succeed state."""
    for name, state in all_states(definition):
        if state["Type"] == "Succeed":
            yield f"{name}: a Succeed state"


def error_names(definition: Definition) -> Iterator[str]:
    """Whatever is retried or caught exists."""
    known = {*LAMBDA_ERRORS, *DEATHS, *STATES_ERRORS, *product_errors()}
    for name, state in all_states(definition):
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
            for error in sorted({*rule["ErrorEquals"]} - known):
                yield f"{name}: nothing raises {error}"


FLOW_RULES: Final[tuple[Rule, ...]] = (
    query_languages,
    comments,
    timeouts,
    retry_shape,
    retried_errors,
    catches,
    choices,
    ends,
    error_names,
)
