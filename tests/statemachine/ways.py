"""The steps from state to state: of a path that was gone, and of all that a definition allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scripts.statemachines import Definition, machines, transitions

type Way = tuple[str, str]


def ways(path: tuple[str, ...]) -> Iterator[Way]:
    """The steps of a path, each with the state it leaves (``!``: by its Catch) and enters."""
    ends = (path[-1], "the end")
    yield from ((leaves, enters.removesuffix("!")) for leaves, enters in (*pairwise(path), ends))


def ways_of(definition: Definition) -> Iterator[Way]:
    """Every step that the states of a definition allow, those inside a Map included."""
    for inner_or_outer in machines(definition):
        for name, state in inner_or_outer.states.items():
            caught = {", ".join(catcher["ErrorEquals"]) for catcher in state.get("Catch", [])}
            for way in transitions(name, state):
                yield name + ("!" if way.label in caught else ""), way.target
            if state.get("End") or state["Type"] == "Fail":
                yield name, "the end"
