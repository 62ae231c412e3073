"""The fleet file: a CSV that says which orgs there are.

Every row is checked before anything is done with any of them, and every problem is reported with
its line and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from zoom_migrator.domain.errors import InvalidFleetFile, RowProblem
from zoom_migrator.domain.hosts import is_sandbox_host, my_domain_host
from zoom_migrator.domain.org import AuthKind, Environment, OrgRegistration, ZoomProduct
from zoom_migrator.domain.salesforce_id import organization_id

REQUIRED_COLUMNS: Final = (
    "org_key",
    "display_name",
    "my_domain_host",
    "environment",
    "integration_username",
    "auth_kind",
    "salesforce_admin_email",
)
OPTIONAL_COLUMNS: Final = ("zoom_admin_email", "products", "deadline_override", "tags")

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_CELL_CHARACTERS: Final = 1_000
MAX_PROBLEMS: Final = 1_000
_MAX_TAGS: Final = 20

# Also what turns a line of text around: it would disguise a name on a terminal or in a browser.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}")
# A spreadsheet would run a cell that begins like this as a formula (CWE-1236); the full-width
# forms count as the plain ones in some of them.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
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
        auth_kind = row.read("auth_kind", _choice(AuthKind), None)
        environment = row.read("environment", _choice(Environment), None)
        host = row.read("my_domain_host", lambda t: my_domain_host(t, self._allowed_domains), "")
        org_id = row.read("org_key", organization_id, "")
        admin = row.read("salesforce_admin_email", _email, "")
        registration = OrgRegistration(
            org_id=org_id,
            display_name=row.read("display_name", _display_name, ""),
            host=host,
            environment=environment or Environment.PRODUCTION,
            username=row.read("integration_username", _username(auth_kind), ""),
            auth_kind=auth_kind or AuthKind.JWT_BEARER,
            salesforce_admin_email=admin,
            zoom_admin_email=row.read("zoom_admin_email", _optional(_email, admin), admin),
            products=row.read("products", _products, ()),
            deadline=row.read("deadline_override", _optional(_date, None), None),
            tags=row.read("tags", _tags, ()),
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
            _check_any(cell)
            return rule(cell.strip())
        except ValueError as error:
            self._problems.append(RowProblem(self._line, column, str(error)))
            return otherwise


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


def _check_any(cell: str) -> None:
    if len(cell) > MAX_CELL_CHARACTERS:
        raise ValueError(f"longer than {MAX_CELL_CHARACTERS} characters")
    if _CONTROL.search(cell):
        raise ValueError("contains control characters")
    start = cell.strip()[:1]
    if start in _FORMULA_STARTS:
        raise ValueError(f"must not begin with {start!r}: a spreadsheet would run it")


def _choice[C: (AuthKind, Environment)](kind: type[C]) -> Callable[[str], C]:
    def rule(text: str) -> C:
        try:
            return kind(text.lower())
        except ValueError:
            choices = " or ".join(member.value for member in kind)
            raise ValueError(f"{choices} expected, not {_shown(text)!r}") from None

    return rule


def _display_name(text: str) -> str:
    if not text:
        raise ValueError("a name is required")
    if len(text) > 120:
        raise ValueError("longer than 120 characters")
    if any(character in text for character in "\n\r\t"):
        raise ValueError("must be one line without tabs")
    return text


def _email(text: str) -> str:
    if not text:
        raise ValueError("an e-mail address is required")
    if len(text) > 254 or _EMAIL.fullmatch(text) is None:
        raise ValueError(f"{_shown(text)!r} is not an e-mail address")
    return text


def _username(auth_kind: AuthKind | None) -> Callable[[str], str]:
    def rule(text: str) -> str:
        if not text and auth_kind is not AuthKind.JWT_BEARER:
            return ""
        if not text:
            raise ValueError("a username is required for jwt_bearer")
        if len(text) > 80 or _EMAIL.fullmatch(text) is None:
            raise ValueError(f"{_shown(text)!r} is not a Salesforce username (name@domain)")
        return text

    return rule


def _optional[T, D](rule: Callable[[str], T], default: D) -> Callable[[str], T | D]:
    return lambda text: rule(text) if text else default


def _date(text: str) -> date:
    if _DATE.fullmatch(text) is None:
        raise ValueError("a date such as 2026-12-31 expected")
    return date.fromisoformat(text)


def _products(text: str) -> tuple[ZoomProduct, ...]:
    names = [name.strip().lower() for name in text.split(";") if name.strip()]
    unknown = [name for name in names if name not in set(ZoomProduct)]
    if unknown:
        choices = ", ".join(ZoomProduct)
        raise ValueError(f"unknown product {_shown(unknown[0])!r}; separate by ';': {choices}")
    return tuple(product for product in ZoomProduct if product in names) or (ZoomProduct.MEETINGS,)


def _tags(text: str) -> tuple[str, ...]:
    tags = sorted({tag.strip().lower() for tag in text.split(";") if tag.strip()})
    if len(tags) > _MAX_TAGS:
        raise ValueError(f"at most {_MAX_TAGS} tags")
    for tag in tags:
        if _TAG.fullmatch(tag) is None:
            raise ValueError(
                f"{_shown(tag)!r} is not a tag: up to 40 of a-z 0-9 _ . : - , separated by ';'"
            )
    return tuple(tags)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _printable(text: str) -> str:
    return repr(_shown(text))[1:-1]
