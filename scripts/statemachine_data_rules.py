"""Rules of this repository for what a state machine carries: variables, tokens, no secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from scripts.statemachine_rules import Rule
from scripts.statemachines import (
    Definition,
    Machine,
    State,
    all_states,
    machines,
    transitions,
    variables_used,
)

_WAITS_FOR_TOKEN: Final = ".waitForTaskToken"  # noqa: S105 - a kind of task
_TOKEN: Final = "$states.context.Task.Token"  # noqa: S105 - where the token is, not the token
# The only field that may carry a secret, and only to the function that encrypts it.
_TOKEN_FIELD: Final = "task_token"  # noqa: S105
_SECRET_NAMES: Final = re.compile(
    r"token|secret|password|credential|private|api_?key|verifier|assertion|session|link",
    re.IGNORECASE,
)


def task_tokens(definition: Definition) -> Iterator[str]:
    """A token goes to the function that keeps it and nowhere else, and its wait has an end."""
    for name, state in all_states(definition):
        elsewhere = {key: value for key, value in state.items() if key != "ItemProcessor"}
        if _waits_for_token(state):
            arguments = elsewhere.pop("Arguments", {})
            if _TOKEN not in arguments.get("Payload", {}).get(_TOKEN_FIELD, ""):
                yield f"{name}: waits for a token that it gives to nobody"
            if ["States.Timeout"] not in [catch["ErrorEquals"] for catch in state.get("Catch", [])]:
                yield f"{name}: waits for a token and does not catch States.Timeout by its name"
        if "$states.context.Task" in json.dumps(elsewhere):
            yield f"{name}: its task token is in other data than its Arguments"


def secrets(definition: Definition) -> Iterator[str]:
    """No data of a state is called like a secret; whoever may see an execution sees its data."""
    for name, state in all_states(definition):
        for field in _fields_of_data(state):
            allowed = field == _TOKEN_FIELD and _waits_for_token(state)
            if _SECRET_NAMES.search(field) and not allowed:
                yield f"{name}: {field} is called like a secret"


def _waits_for_token(state: State) -> bool:
    return str(state.get("Resource", "")).endswith(_WAITS_FOR_TOKEN)


def _fields_of_data(value: object) -> Iterator[str]:
    """Names of the fields in what a state reads and hands on, and those its expressions name."""
    match value:
        case dict():
            for name, inner in value.items():
                if name not in {"ItemProcessor", "Comment", "Resource"}:
                    yield name
                    yield from _fields_of_data(inner)
        case list():
            for inner in value:
                yield from _fields_of_data(inner)
        case str() if value.startswith("{%") and _TOKEN not in value:
            yield from re.findall(r"[A-Za-z_]\w*", value)
        case _:
            return


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


DATA_RULES: Final[tuple[Rule, ...]] = (task_tokens, secrets, variables)
