"""Write ``statemachines/README.md`` from the definitions: a diagram and a table for each.

Usage: ``python -m scripts.render_statemachines [--check]``
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Final

from scripts.statemachines import (
    DIRECTORY,
    SUFFIX,
    Definition,
    Machine,
    State,
    expression,
    load,
    machines,
    paths,
    transitions,
)

README: Final = DIRECTORY / "README.md"
_INTRODUCTION: Final = """\
# State machines

Made by `make format` from the definitions in this folder; a test fails where it is out of date.
Their rules are in `scripts/statemachine_rules.py` and `scripts/statemachine_data_rules.py`;
`make lint` checks them.

"Lambda's own" are the four errors of the Lambda service that pass by themselves. The number behind
an error says how often it is retried at most.
"""


def render() -> str:
    """The page for all definitions."""
    parts = [_INTRODUCTION]
    for path in paths():
        parts += _section(path.name.removesuffix(SUFFIX), load(path))
    return "\n".join(parts)


def _section(name: str, definition: Definition) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{definition['Comment']}\n"
    yield f"Time-out of an execution: {definition['TimeoutSeconds']:,} s.\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from _diagram(definition, next(machines(definition)), indent="    ")
    yield "```\n"
    yield "| state | function | time-out, or wait | errors | next step | what it does, and why |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for machine in machines(definition):
        for state_name, state in machine.states.items():
            yield _row(" › ".join((*machine.path, state_name)), state)  # noqa: RUF001 - a path
    yield ""


def _diagram(definition: Definition, machine: Machine, indent: str) -> Iterator[str]:
    yield f"{indent}[*] --> {machine.start}"
    inner = {found.path: found for found in machines(definition)}
    for name, state in machine.states.items():
        if child := inner.get((*machine.path, name)):
            yield f"{indent}state {name} {{"
            yield from _diagram(definition, child, indent + "    ")
            yield f"{indent}}}"
        for way in transitions(name, state):
            label = f": {_plain(way.label)}" if way.label else ""
            yield f"{indent}{name} --> {way.target}{label}"
        if state.get("End") or state["Type"] in {"Succeed", "Fail"}:
            yield f"{indent}{name} --> [*]"


def _row(name: str, state: State) -> str:
    cells = (
        f"**{name}**",
        _function(state),
        _timeout(state),
        "<br>".join([*_retries(state), *_catches(state)]),
        "<br>".join(_next_steps(name, state)),
        state["Comment"],
    )
    return f"| {' | '.join(cells)} |"


def _function(state: State) -> str:
    """The folder of the function that a state calls, or what kind of state it is."""
    arn = state.get("Arguments", {}).get("FunctionName", "")
    if not arn:
        concurrency = state.get("MaxConcurrency")
        return f"({state['Type']}, {concurrency} at once)" if concurrency else f"({state['Type']})"
    name = arn.removeprefix("${").removesuffix("FunctionArn}")
    return f"`{re.sub('(?<!^)(?=[A-Z])', '_', name).lower()}`"


def _timeout(state: State) -> str:
    seconds = state.get("TimeoutSeconds", state.get("Seconds", ""))
    if isinstance(seconds, str):
        return f"`{expression(seconds)}` s" if seconds else ""
    return f"{seconds} s"


def _retries(state: State) -> Iterator[str]:
    for retry in state.get("Retry", []):
        yield f"retries {_names(retry['ErrorEquals'])}: {retry['MaxAttempts']}"


def _names(errors: list[str]) -> str:
    if all(error.startswith("Lambda.") for error in errors):
        return "Lambda's own"
    return ", ".join(f"`{error}`" for error in errors)


def _catches(state: State) -> Iterator[str]:
    for catcher in state.get("Catch", []):
        yield f"catches {_names(catcher['ErrorEquals'])} → {catcher['Next']}"


def _next_steps(name: str, state: State) -> Iterator[str]:
    """Where a state leads by itself; where its failures lead stands with its errors."""
    if state.get("End") or state["Type"] == "Fail":
        yield "the end" if state["Type"] != "Fail" else "the end, as a failure"
    caught = len(state.get("Catch", []))
    ways = list(transitions(name, state))
    for way in ways[: len(ways) - caught]:
        if way.label == "otherwise":
            yield f"otherwise → {way.target}"
        else:
            yield f"`{way.label}` → {way.target}" if way.label else way.target


def _plain(label: str) -> str:
    """A label that Mermaid does not read as syntax."""
    return label.replace(":", " ").replace(";", ",")


def main() -> int:
    """Write the page, or with ``--check`` only say whether it is current."""
    current = README.exists() and README.read_text(encoding="utf-8") == render()
    if "--check" in sys.argv[1:]:
        if not current:
            print(f"{README.name} is out of date; run `make format`.", file=sys.stderr)
        return 0 if current else 1
    README.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
