"""Old keys in memory, and orgs that let them be changed, or do not."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.legacy_keys import (
    KeyRow,
    KeysFound,
    KeysNotVisible,
    KeyValues,
    RowAnswer,
    RowChanged,
    RowGone,
)
from zoom_migrator.domain.org import OrgRegistration

type RowFate = RowAnswer | CheckFailure | Exception


@dataclass
class _Fate:
    answer: RowFate
    takes_effect: bool


@dataclass
class _Org:
    rows: dict[str, KeyValues] = field(default_factory=dict)
    hidden: KeysNotVisible | None = None
    is_updateable: bool = True
    failures: deque[CheckFailure | Exception] = field(default_factory=deque)
    fates: deque[_Fate] = field(default_factory=deque)
    changes: list[str] = field(default_factory=list)


class InMemoryKeysGateway:
    """A :class:`~zoom_migrator.cleanup_ports.KeysGateway` to orgs in memory.

    An org that it was not told of has no row at all.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._orgs: dict[str, _Org] = {}

    def hold(self, org_id: str, *rows: KeyValues) -> None:
        """Let an org have just these rows."""
        with self._lock:
            self._org(org_id).rows = {row.row_id: row for row in rows}

    def hide(self, org_id: str, said: str = "") -> None:
        """Let the integration user not see the fields of an org."""
        self._org(org_id).hidden = KeysNotVisible(said)

    def show(self, org_id: str) -> None:
        """Let the integration user see the fields of an org again."""
        self._org(org_id).hidden = None

    def protect(self, org_id: str) -> None:
        """Let the integration user not change the fields of an org."""
        self._org(org_id).is_updateable = False

    def next_looks(self, org_id: str, *failures: CheckFailure | Exception) -> None:
        """Let the next looks and readings of an org fail; an exception is raised."""
        with self._lock:
            self._org(org_id).failures.extend(failures)

    def next_changes(self, org_id: str, *fates: RowFate, takes_effect: bool = False) -> None:
        """Line up what the next changes of an org's rows are answered; all later ones are done.

        Args:
            fates: Answers; an exception is raised.
            takes_effect: Whether they are carried out all the same.
        """
        with self._lock:
            self._org(org_id).fates.extend(_Fate(fate, takes_effect) for fate in fates)

    def held(self, org_id: str) -> tuple[KeyValues, ...]:
        """The rows of an org, ordered by id."""
        with self._lock:
            rows = self._org(org_id).rows
            return tuple(rows[row_id] for row_id in sorted(rows))

    def changes(self, org_id: str) -> list[str]:
        """The rows of an org that were asked to be changed, in that order."""
        with self._lock:
            return list(self._org(org_id).changes)

    def look(self, registration: OrgRegistration) -> KeysFound | KeysNotVisible | CheckFailure:
        """See the port."""
        with self._lock:
            org = self._org(registration.org_id)
            refusal = _refusal(org)
            if refusal is not None:
                return refusal
            rows = tuple(
                KeyRow(row_id, row.api_key is not None, row.api_secret is not None)
                for row_id, row in sorted(org.rows.items())
                if not row.is_empty
            )
            return KeysFound(rows, len(org.rows), org.is_updateable)

    def read(
        self, registration: OrgRegistration, row_ids: Collection[str]
    ) -> tuple[KeyValues, ...] | KeysNotVisible | CheckFailure:
        """See the port."""
        with self._lock:
            org = self._org(registration.org_id)
            refusal = _refusal(org)
            if refusal is not None:
                return refusal
            return tuple(org.rows[each] for each in sorted(row_ids) if each in org.rows)

    def blank(self, registration: OrgRegistration, row_id: str) -> RowAnswer | CheckFailure:
        """See the port."""
        return self._change(registration.org_id, KeyValues(row_id, None, None), keep=False)

    def restore(self, registration: OrgRegistration, values: KeyValues) -> RowAnswer | CheckFailure:
        """See the port."""
        return self._change(registration.org_id, values, keep=True)

    def _change(self, org_id: str, values: KeyValues, *, keep: bool) -> RowAnswer | CheckFailure:
        with self._lock:
            org = self._org(org_id)
            fate = org.fates.popleft() if org.fates else None
            if fate is None or not isinstance(fate.answer, CheckFailure):
                org.changes.append(values.row_id)
            row = org.rows.get(values.row_id)
            if row is not None and (fate is None or fate.takes_effect):
                org.rows[values.row_id] = _over(row, values) if keep else values
        answer = RowChanged() if fate is None else fate.answer
        if isinstance(answer, Exception):
            raise answer
        return RowGone() if row is None and fate is None else answer

    def _org(self, org_id: str) -> _Org:
        with self._lock:
            return self._orgs.setdefault(org_id, _Org())


def _refusal(org: _Org) -> KeysNotVisible | CheckFailure | None:
    failure = org.failures.popleft() if org.failures else None
    if isinstance(failure, Exception):
        raise failure
    return failure or org.hidden


def _over(row: KeyValues, values: KeyValues) -> KeyValues:
    """A row with values put into it; a field without one stays as it is."""
    return KeyValues(row.row_id, values.api_key or row.api_key, values.api_secret or row.api_secret)
