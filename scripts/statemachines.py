"""Read the definitions in ``statemachines/`` and walk through their states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

type Definition = dict[str, Any]
type State = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parent.parent
DIRECTORY: Final = ROOT / "statemachines"
SUFFIX: Final = ".asl.json"


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state to the next.

    Attributes:
        source: State it leaves.
        target: State it leads to.
        label: What makes the machine take it; empty for the ordinary way.
        assigns: Variables that are set on this way.
    """

    source: str
    target: str
    label: str
    assigns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine, or the machine inside a Map.

    Attributes:
        path: Names of the Map states around it, outermost first.
        start: State that it starts with.
        states: Its own states by name, without those of inner machines.
    """

    path: tuple[str, ...]
    start: str
    states: dict[str, State]


def paths() -> list[Path]:
    """All definitions, in the order of their names."""
    return sorted(DIRECTORY.glob(f"*{SUFFIX}"))


def load(path: Path) -> Definition:
    """Read a definition."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def machines(definition: Definition, path: tuple[str, ...] = ()) -> Iterator[Machine]:
    """Yield a machine, then each machine inside its Map states."""
    states: dict[str, State] = definition["States"]
    yield Machine(path, definition["StartAt"], states)
    for name, state in states.items():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"], (*path, name))


def all_states(definition: Definition) -> Iterator[tuple[str, State]]:
    """Yield every state, those of inner machines included, with its name."""
    for machine in machines(definition):
        yield from machine.states.items()


def transitions(name: str, state: State) -> Iterator[Transition]:
    """Yield the ways out of a state."""
    own = frozenset(state.get("Assign", {}))
    if "Next" in state:
        yield Transition(name, state["Next"], "", own)
    for rule in state.get("Choices", []):
        # A rule's own Assign replaces the state's.
        assigned = frozenset(rule["Assign"]) if "Assign" in rule else own
        yield Transition(name, rule["Next"], expression(rule["Condition"]), assigned)
    if "Default" in state:
        yield Transition(name, state["Default"], "otherwise", own)
    for catcher in state.get("Catch", []):
        label = ", ".join(catcher["ErrorEquals"])
        yield Transition(name, catcher["Next"], label, frozenset(catcher.get("Assign", {})))


def expression(text: str) -> str:
    """A JSONata expression without its ``{% %}``."""
    return text.removeprefix("{%").removesuffix("%}").strip()


def expressions(value: object) -> Iterator[str]:
    """Yield every JSONata expression anywhere in a value."""
    match value:
        case str() if value.startswith("{%"):
            yield expression(value)
        case dict():
            for inner in value.values():
                yield from expressions(inner)
        case list():
            for inner in value:
                yield from expressions(inner)
        case _:
            return


def variables_used(value: object) -> set[str]:
    """Names of the variables that a value's expressions read; ``$states`` is none."""
    return {
        name
        for text in expressions(value)
        for name in re.findall(r"\$([A-Za-z_]\w*)\b(?!\s*\()", text)
        if name != "states"
    }


def substitutions(path: Path) -> set[str]:
    """Names of the ``${...}`` that the template has to fill in."""
    return set(re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")))
