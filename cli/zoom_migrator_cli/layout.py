"""How tables and facts are laid out on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from rich.markup import escape
from rich.table import Table

from zoom_migrator_cli.documents import Document

_LONGEST_CELL: Final = 34


def moment(at: datetime) -> str:
    """A time to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def named(name: str, org_id: str) -> str:
    """A cell that names an org: by its name and its id."""
    return f"{escape(name)}\n[dim]{org_id}[/]" if name else org_id


def without_blanks(document: Document) -> Document:
    """A document without the parts in which there is nothing to see."""
    parts = {
        name: without_blanks(value) if isinstance(value, dict) else value
        for name, value in document.items()
    }
    return {name: value for name, value in parts.items() if value not in (None, "", [], {})}


def facts_table(document: Document) -> Table:
    """A document as two columns, nested parts indented."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    _add_facts(table, document, indent="")
    return table


def _add_facts(table: Table, document: Document, indent: str) -> None:
    for name, value in document.items():
        label = indent + name.replace("_", " ")
        if isinstance(value, dict) and value:
            table.add_row(label, "")
            _add_facts(table, value, indent + "  ")
        else:
            table.add_row(label, escape(_fact(value)))


def _fact(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def columns_table(*columns: str, lines: bool = True) -> Table:
    """A table as wide as the terminal, whose last column takes what the others leave."""
    table = Table(header_style="bold", expand=True, show_lines=lines)
    for column in columns[:-1]:
        table.add_column(column, overflow="fold", max_width=_LONGEST_CELL)
    table.add_column(columns[-1], ratio=1, overflow="fold")
    return table
