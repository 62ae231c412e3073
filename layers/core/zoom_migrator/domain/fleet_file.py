"""The fleet file: a CSV that says which orgs there are.

Every row is checked before anything is done with any of them, and every problem is reported with
its line and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain import fleet_columns as rules
from zoom_migrator.domain import notice_columns
from zoom_migrator.domain.errors import InvalidFleetFile, RowProblem
from zoom_migrator.domain.fleet_columns import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from zoom_migrator.domain.hosts import is_sandbox_host, my_domain_host
from zoom_migrator.domain.org import (
    AuthKind,
    CleanupPolicy,
    Environment,
    OrgRegistration,
    StartPolicy,
    UpgradePolicy,
)
from zoom_migrator.domain.salesforce_id import organization_id

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_PROBLEMS: Final = 1_000
_NOT_UTF8: Final = "not UTF-8; save the file as 'CSV UTF-8'"


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A good row and the line it begins on."""

    line: int
    registration: OrgRegistration


def parse_fleet_file(content: bytes, *, allowed_domains: Sequence[str]) -> list[FleetRow]:
    """Read a fleet file.

    Args:
        content: The file: CSV in UTF-8, with or without a byte-order mark, any line ends.
        allowed_domains: Domains below which My Domain hosts are trusted.

    Raises:
        InvalidFleetFile: Something is wrong; it names every problem, the first 1,000 at most.
    """
    reader = _Reader(_text(content), allowed_domains)
    rows = reader.rows()
    if reader.problems:
        raise InvalidFleetFile(sorted(reader.problems, key=lambda p: p.line)[:MAX_PROBLEMS])
    return rows


def _text(content: bytes) -> str:
    if len(content) > MAX_FILE_BYTES:
        raise _whole_file(f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    if b"\x00" in content[:100]:
        # UTF-16 of plain letters is valid UTF-8: every other character is NUL.
        raise _whole_file(_NOT_UTF8)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = (content[: error.start] + b"?").splitlines()
        raise InvalidFleetFile([RowProblem(len(lines), "", _NOT_UTF8)]) from error


def _whole_file(reason: str) -> InvalidFleetFile:
    return InvalidFleetFile([RowProblem(1, "", reason)])


class _Reader:
    """Reads rows and gathers problems instead of stopping at the first."""

    def __init__(self, text: str, allowed_domains: Sequence[str]) -> None:
        self.problems: list[RowProblem] = []
        self._csv = csv.reader(io.StringIO(text, newline=""), strict=True)
        self._allowed_domains = allowed_domains
        self._line_of_org: dict[str, int] = {}
        self._line_of_host: dict[str, int] = {}

    def rows(self) -> list[FleetRow]:
        header = self._header()
        rows: list[FleetRow] = []
        while len(self.problems) < MAX_PROBLEMS:
            line = self._csv.line_num + 1
            cells = self._next_cells(line)
            if cells is None:
                break
            row = self._row(line, header, cells)
            if row is not None:
                rows.append(row)
        if not rows and not self.problems:
            raise _whole_file("the file has no rows below its header")
        return rows

    def _next_cells(self, line: int) -> list[str] | None:
        try:
            return next(self._csv, None)
        except csv.Error as error:
            # Named is the line the row begins on: an open quote is noticed at the end of the file.
            self._add(line, "", f"not valid CSV: {error}; check the quotes")
            return []

    def _header(self) -> list[str]:
        cells = [cell.strip().lower() for cell in self._next_cells(1) or []]
        if self.problems:
            raise InvalidFleetFile(self.problems)
        if not any(cells):
            raise _whole_file("a header with the names of the columns is expected here")
        if len(cells) == 1 and ";" in cells[0]:
            raise _whole_file("the columns are separated by semicolons; use commas")
        problems = [*_missing_columns(cells), *_unknown_columns(cells), *_double_columns(cells)]
        if problems:
            raise InvalidFleetFile(problems)
        return cells

    def _row(self, line: int, header: list[str], cells: list[str]) -> FleetRow | None:
        if not any(cell.strip() for cell in cells):
            return None
        if len(cells) != len(header):
            self._add(line, "", f"{len(header)} cells expected, {len(cells)} found")
            return None
        before = len(self.problems)
        registration = self._registration(line, dict(zip(header, cells, strict=True)))
        if len(self.problems) > before:
            return None
        return FleetRow(line, registration)

    def _registration(self, line: int, cells: Mapping[str, str]) -> OrgRegistration:
        row = _Row(line, cells, self.problems)
        auth_kind = row.read("auth_kind", rules.choice(AuthKind), None)
        environment = row.read("environment", rules.choice(Environment), None)
        host = row.read("my_domain_host", lambda t: my_domain_host(t, self._allowed_domains), "")
        org_id = row.read("org_key", organization_id, "")
        admin = row.read("salesforce_admin_email", rules.email, "")
        registration = OrgRegistration(
            org_id=org_id,
            display_name=row.read("display_name", rules.display_name, ""),
            host=host,
            environment=environment or Environment.PRODUCTION,
            username=row.read("integration_username", rules.username(auth_kind), ""),
            auth_kind=auth_kind or AuthKind.JWT_BEARER,
            salesforce_admin_email=admin,
            zoom_admin_email=row.read(
                "zoom_admin_email", rules.optional(rules.email, admin), admin
            ),
            products=row.read("products", rules.products, ()),
            deadline=row.read("deadline_override", rules.optional(rules.day, None), None),
            tags=row.read("tags", rules.tags, ()),
            upgrade_policy=row.policy("upgrade_policy", UpgradePolicy.ASK),
            start_policy=row.policy("start_policy", StartPolicy.OPERATOR),
            zoom_account_id=row.read("zoom_account_id", rules.zoom_account_id, ""),
            cleanup_policy=row.policy("cleanup_policy", CleanupPolicy.ASK),
            slack_channel=row.read("slack_channel", notice_columns.slack_channel, ""),
            time_zone=row.read("time_zone", notice_columns.time_zone, ""),
        )
        self._check_environment(line, host, environment)
        self._check_unique(line, "org_key", org_id, self._line_of_org)
        self._check_unique(line, "my_domain_host", host, self._line_of_host)
        return registration

    def _check_environment(self, line: int, host: str, environment: Environment | None) -> None:
        if not host or environment is None:
            return
        if is_sandbox_host(host) is not (environment is Environment.SANDBOX):
            kind = "a sandbox" if is_sandbox_host(host) else "a production org"
            self._add(line, "environment", f"{host} is the host of {kind}")

    def _check_unique(self, line: int, column: str, value: str, seen: dict[str, int]) -> None:
        if not value:
            return
        first = seen.setdefault(value, line)
        if first != line:
            self._add(line, column, f"{value} is already on line {first}")

    def _add(self, line: int, column: str, reason: str) -> None:
        self.problems.append(RowProblem(line, column, reason))


class _Row:
    """Reads the cells of one row, each by its own rule."""

    def __init__(self, line: int, cells: Mapping[str, str], problems: list[RowProblem]) -> None:
        self._line = line
        self._cells = cells
        self._problems = problems

    def read[T, D](self, column: str, rule: Callable[[str], T], otherwise: D) -> T | D:
        cell = self._cells.get(column, "")
        try:
            rules.check_cell(cell)
            return rule(cell.strip())
        except ValueError as error:
            self._problems.append(RowProblem(self._line, column, str(error)))
            return otherwise

    def policy[P: (UpgradePolicy, StartPolicy, CleanupPolicy)](self, column: str, default: P) -> P:
        return self.read(column, rules.optional(rules.choice(type(default)), default), default)


def _missing_columns(header: Sequence[str]) -> list[RowProblem]:
    return [
        RowProblem(1, name, "this required column is missing")
        for name in REQUIRED_COLUMNS
        if name not in header
    ]


def _unknown_columns(header: Sequence[str]) -> list[RowProblem]:
    known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    return [
        RowProblem(1, _printable(name), f"unknown column; known are {', '.join(known)}")
        if name
        else RowProblem(1, "", f"cell {number} of the header is empty")
        for number, name in enumerate(header, start=1)
        if name not in known
    ]


def _double_columns(header: Sequence[str]) -> list[RowProblem]:
    return [
        RowProblem(1, name, "this column occurs twice")
        for name in REQUIRED_COLUMNS + OPTIONAL_COLUMNS
        if header.count(name) > 1
    ]


def _printable(text: str) -> str:
    return repr(rules.shown(text))[1:-1]
