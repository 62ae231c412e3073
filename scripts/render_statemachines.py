"""Write ``statemachines/README.md`` from the definitions: a diagram and a table for each.

Usage: ``python -m scripts.render_statemachines [--check]``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from scripts.statemachines import (
    DIRECTORY,
    SUFFIX,
    Definition,
    Machine,
    State,
    load,
    machines,
    paths,
    transitions,
)

README: Final = DIRECTORY / "README.md"
_INTRODUCTION: Final = """\
# State machines

Made by `make format` from the definitions in this folder; a test fails where it is out of date.
Their rules are in `scripts/lint_statemachines.py`; `make lint` checks them.
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
    yield "| state | kind | time-out | retries | failures it catches | what it does, and why |"
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
    timeout = f"{state['TimeoutSeconds']} s" if "TimeoutSeconds" in state else ""
    cells = (name, _kind(state), timeout, _retries(state), _catches(state), state["Comment"])
    return f"| {' | '.join(cells)} |"


def _kind(state: State) -> str:
    function = state.get("Arguments", {}).get("FunctionName", "")
    if function:
        return f"Task `{function.removeprefix('${').removesuffix('FunctionArn}')}`"
    if "ItemProcessor" in state:
        return f"Map, at most {state['MaxConcurrency']} at once"
    return str(state["Type"])


def _retries(state: State) -> str:
    return "; ".join(
        f"{_names(retry['ErrorEquals'])} ×{retry['MaxAttempts']}"  # noqa: RUF001 - times
        for retry in state.get("Retry", [])
    )


def _names(errors: list[str]) -> str:
    if all(error.startswith("Lambda.") for error in errors):
        return "Lambda's own"
    return ", ".join(f"`{error}`" for error in errors)


def _catches(state: State) -> str:
    return "; ".join(
        f"{_names(catcher['ErrorEquals'])} → {catcher['Next']}"
        for catcher in state.get("Catch", [])
    )


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
