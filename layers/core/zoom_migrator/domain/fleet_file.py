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

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}")
# A spreadsheet would run a cell that begins like this as a formula (CWE-1236).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


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
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFleetFile(
            [RowProblem(line, "", "not UTF-8; save the file as 'CSV UTF-8'")]
        ) from error


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
        rows: list[FleetRow] = []
        try:
            header = self._header()
            while len(self.problems) < MAX_PROBLEMS:
                line = self._csv.line_num + 1
                cells = next(self._csv, None)
                if cells is None:
                    break
                row = self._row(line, header, cells)
                if row is not None:
                    rows.append(row)
        except csv.Error as error:
            self.problems.append(
                RowProblem(self._csv.line_num or 1, "", f"not valid CSV: {error}; check the quotes")
            )
        if not rows and not self.problems:
            raise _whole_file("the file has no rows below its header")
        return rows

    def _header(self) -> list[str]:
        cells = [cell.strip().lower() for cell in next(self._csv, [])]
        if len(cells) == 1 and ";" in cells[0]:
            raise _whole_file("the columns are separated by semicolons; use commas")
        known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
        problems = [
            RowProblem(1, name, "this required column is missing")
            for name in REQUIRED_COLUMNS
            if name not in cells
        ]
        problems += [
            RowProblem(1, _shown(name), f"unknown column; known are {', '.join(known)}")
            for name in cells
            if name not in known
        ]
        problems += [
            RowProblem(1, name, "this column occurs twice")
            for name in known
            if cells.count(name) > 1
        ]
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
        auth_kind = row.read("auth_kind", _choice(AuthKind), AuthKind.JWT_BEARER)
        environment = row.read("environment", _choice(Environment), Environment.PRODUCTION)
        host = row.read("my_domain_host", lambda t: my_domain_host(t, self._allowed_domains), "")
        org_id = row.read("org_key", organization_id, "")
        admin = row.read("salesforce_admin_email", _email, "")
        registration = OrgRegistration(
            org_id=org_id,
            display_name=row.read("display_name", _display_name, ""),
            host=host,
            environment=environment,
            username=row.read("integration_username", _username(auth_kind), ""),
            auth_kind=auth_kind,
            salesforce_admin_email=admin,
            zoom_admin_email=row.read("zoom_admin_email", _optional(_email, admin), admin),
            products=row.read("products", _products, ()),
            deadline=row.read("deadline_override", _optional(date.fromisoformat, None), None),
            tags=row.read("tags", _tags, ()),
        )
        self._check_environment(line, host, environment)
        self._check_unique(line, "org_key", org_id, self._line_of_org)
        self._check_unique(line, "my_domain_host", host, self._line_of_host)
        return registration

    def _check_environment(self, line: int, host: str, environment: Environment) -> None:
        if host and is_sandbox_host(host) is not (environment is Environment.SANDBOX):
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

    def read[T](self, column: str, rule: Callable[[str], T], otherwise: T) -> T:
        text = self._cells.get(column, "").strip()
        try:
            if len(text) > MAX_CELL_CHARACTERS:
                raise ValueError(f"longer than {MAX_CELL_CHARACTERS} characters")
            if _CONTROL.search(text):
                raise ValueError("contains control characters")
            return rule(text)
        except ValueError as error:
            self._problems.append(RowProblem(self._line, column, _reason(column, error)))
            return otherwise


def _reason(column: str, error: ValueError) -> str:
    if column == "deadline_override" and "isoformat" in str(error):
        return "a date such as 2026-12-31 expected"
    return str(error)


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
    if text.startswith(_FORMULA_STARTS):
        raise ValueError(f"must not begin with {text[0]!r}: a spreadsheet would run it")
    if "\n" in text or "\r" in text:
        raise ValueError("must be one line")
    return text


def _email(text: str) -> str:
    if not text:
        raise ValueError("an e-mail address is required")
    if len(text) > 254 or _EMAIL.fullmatch(text) is None:
        raise ValueError(f"{_shown(text)!r} is not an e-mail address")
    return text


def _username(auth_kind: AuthKind) -> Callable[[str], str]:
    def rule(text: str) -> str:
        if not text and auth_kind is AuthKind.CLIENT_CREDENTIALS:
            return ""
        if not text:
            raise ValueError("a username is required for jwt_bearer")
        if len(text) > 80 or _EMAIL.fullmatch(text) is None:
            raise ValueError(f"{_shown(text)!r} is not a Salesforce username (name@domain)")
        return text

    return rule


def _optional[T, D](rule: Callable[[str], T], default: D) -> Callable[[str], T | D]:
    return lambda text: rule(text) if text else default


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
