"""What is printed: tables, and whether aims are met."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

# Wide enough for every table where the output is no terminal.
_WIDTH = 118

console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure to reach."""

    subject: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is reached."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def heading(title: str) -> None:
    """Begin a part."""
    console.print(f"\n[bold]{title}[/]")


def note(text: str) -> None:
    """Print a remark below a heading or a table."""
    console.print(f"  [dim]{text}[/]")


def failure(subject: str, reason: str) -> None:
    """Say that something could not be measured."""
    console.print(f"  [bold red]{subject} could not be measured:[/] ", end="")
    console.print(reason, markup=False)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column is text, the others are figures."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        grid.add_column(column, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


def aims(found: Sequence[Aim]) -> None:
    """Print which aims are met."""
    for aim in found:
        mark = "[bold green]PASS[/]" if aim.met else "[bold red]MISS[/]"
        bound = "at least" if aim.at_least else "at most"
        console.print(
            f"  {mark}  {aim.subject}: {number(aim.measured)} {aim.unit}"
            f" (aim: {bound} {number(aim.limit)} {aim.unit})"
        )


def machine() -> None:
    """Say where this was measured, and whether others were at work."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    console.print(
        f"{cores} cores, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, load average {load:.1f}"
    )
    if load > cores / 2:
        note("Something else runs here, or just did: figures may be worse than they should be.")


def number(value: float) -> str:
    """A figure with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
