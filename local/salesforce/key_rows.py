"""The rows that hold the old keys: made with their org, changed by clients, triggers and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from local.salesforce import key_refusals
from local.salesforce.key_row_making import history_row, new_keys, new_row
from local.salesforce.key_writes import KeyWrites, WriteObstacle
from local.salesforce.model import SimulatedKeyRow, SimulatedOrg, SimulatedUser
from local.salesforce.schema import API_KEY_FIELD, API_SECRET_FIELD, TRACKED_FIELDS
from local.salesforce.versions import VersionNumber

if TYPE_CHECKING:
    from local.salesforce.org import Row, RunningOrg

KEY_FIELDS: Final = (API_KEY_FIELD, API_SECRET_FIELD)
_PLACES: Final = {"{api_key}": API_KEY_FIELD, "{api_secret}": API_SECRET_FIELD}


class KeyRows:
    """The settings rows of one org, and the history of their tracked fields."""

    def __init__(self, org: RunningOrg, document: SimulatedOrg) -> None:
        """Make the rows of a document; keys are new each time."""
        self._org = org
        self._document = document
        self.rows: list[Row] = []
        self.history: list[Row] = []
        self.deleted_ids: set[str] = set()
        self._documents: dict[str, SimulatedKeyRow] = {}
        for wanted in document.key_rows:
            self._add(wanted)
        self.show_connection(only_empty=not document.connection.connected)

    def change(self, row_id: str, changes: Mapping[str, object], user: SimulatedUser) -> None:
        """Write fields of a row as a client asks, unless the org has something against it.

        Raises:
            ApiError: It has.
        """
        row = self.row(row_id)
        stored = {name: None if value == "" else value for name, value in changes.items()}
        met = self._obstacle(row, stored)
        if met.obstacle is WriteObstacle.VALUES_PUT_BACK:
            kept = met.fields or KEY_FIELDS
            stored = {name: value for name, value in stored.items() if name not in kept}
        self._check_required(met, stored)
        self._write(row, stored, user)

    def delete(self, row_id: str) -> None:
        """Move a row to the Recycle Bin; asking for it says that it is deleted."""
        self.rows[:] = [row for row in self.rows if row["Id"] != row_id]
        self.deleted_ids.add(row_id)

    def purge(self, row_id: str) -> None:
        """Remove a row for good; asking for it says that there is none."""
        self.rows[:] = [row for row in self.rows if row["Id"] != row_id]

    def enter_keys(self, row_id: str | None = None) -> str:
        """Put new keys into a row (the first one, or a new one), as a person does in Zoom Config.

        Returns:
            The id of the row.

        Raises:
            KeyError: There is no such row.
        """
        if row_id is None and not self.rows:
            return str(self._add(SimulatedKeyRow())["Id"])
        row = self.row(row_id or str(self.rows[0]["Id"]))
        self._write(row, new_keys(), self._document.users[0])
        return str(row["Id"])

    def row(self, row_id: str) -> Row:
        """Return a row.

        Raises:
            KeyError: There is no such row.
        """
        for row in self.rows:
            if row["Id"] == row_id:
                return row
        raise KeyError(f"{self._document.host} has no key row {row_id!r}")

    def writes(self, row_id: str) -> KeyWrites:
        """Return how changes to a row go: its own way, or that of all rows."""
        own = self._documents[row_id].writes
        return own if own is not None else self._document.key_writes

    def set_writes(self, row_id: str, writes: KeyWrites | None) -> None:
        """Let changes to one row go another way than those to the others; None: as all do.

        Raises:
            KeyError: There is no such row.
        """
        self._documents[str(self.row(row_id)["Id"])].writes = writes

    def clear(self) -> None:
        """Remove everything, as uninstalling the package does."""
        self.rows.clear()
        self.history.clear()

    def show_connection(self, *, only_empty: bool = False) -> None:
        """Write into every row what shows whether the package is connected."""
        connection = self._document.connection
        if not connection.in_settings:
            return
        name = connection.field_name
        for row in self.rows:
            if not only_empty or row.get(name) is None:
                row[name] = connection.value

    def blank_all(self) -> None:
        """Empty both keys of every row, as the package may do when it is connected."""
        for row in self.rows:
            self._write(row, dict.fromkeys(KEY_FIELDS), self._document.users[0])

    def snapshot(self) -> tuple[list[Row], int]:
        """Return the state that a transaction may have to go back to."""
        return [dict(row) for row in self.rows], len(self.history)

    def restore(self, state: tuple[list[Row], int]) -> None:
        """Go back to an earlier state."""
        rows, history = state
        self.rows[:] = rows
        del self.history[history:]

    def _obstacle(self, row: Row, stored: Mapping[str, object]) -> KeyWrites:
        """Return how a change goes.

        Raises:
            ApiError: It is not made.
        """
        row_id = str(row["Id"])
        writes = self.writes(row_id)
        keys = [stored[name] for name in KEY_FIELDS if name in stored]
        blanking, filling = None in keys, any(value is not None for value in keys)
        if writes.obstacle is None or not writes.concerns(blanking=blanking, filling=filling):
            return writes.model_copy(update={"obstacle": None})
        self._replace(row_id, writes)
        if writes.obstacle is WriteObstacle.ROW_DELETED:
            self.delete(row_id)
        elif writes.obstacle is WriteObstacle.ROW_PURGED:
            self.purge(row_id)
        refused = key_refusals.refusal(writes, row_id, _worded(writes, row, stored))
        if refused is not None:
            raise refused
        return writes

    def _replace(self, row_id: str, writes: KeyWrites) -> None:
        owner = self._documents[row_id]
        if owner.writes is not None:
            owner.writes = writes.after_a_hit()
        else:
            self._document.key_writes = writes.after_a_hit()

    def _check_required(self, writes: KeyWrites, stored: Mapping[str, object]) -> None:
        empty = tuple(name for name in KEY_FIELDS if stored.get(name, "") is None)
        if not empty or writes.required_below is None:
            return
        if self._org.package().number < VersionNumber.parse(writes.required_below):
            raise key_refusals.required(empty)

    def _write(self, row: Row, stored: Mapping[str, object], user: SimulatedUser) -> None:
        now = self._org.timestamp()
        for name, value in stored.items():
            if name in TRACKED_FIELDS and row[name] != value:
                self.history.append(
                    history_row(self._org, len(self.history), row, name, value, user)
                )
            row[name] = value
        row["LastModifiedDate"] = row["SystemModstamp"] = now

    def _add(self, wanted: SimulatedKeyRow) -> Row:
        row = new_row(self._org, len(self._documents), wanted)
        self._documents[str(row["Id"])] = wanted
        self.rows.append(row)
        return row


def _worded(writes: KeyWrites, row: Row, stored: Mapping[str, object]) -> str | None:
    if writes.message is None:
        return None
    text = writes.message
    for place, name in _PLACES.items():
        text = text.replace(place, str(stored.get(name) or row[name]))
    return text
