"""The sf CLI changes old keys: blanks them, puts them back, and is told what is in the way."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from contract import orgs
from contract.report import Report, expect, expect_part
from contract.sf_cli import TARGET, SfCli, dictionary
from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    KeyWrites,
    SalesforceSimulator,
    WriteObstacle,
)

_CLIENT: Final = "sf"
_BLANK: Final = f"{API_KEY_FIELD}='' {API_SECRET_FIELD}=''"
_KEYS_LEFT: Final = (
    f"SELECT Id FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null OR {API_SECRET_FIELD} != null"  # noqa: S608
)


class SfKeyChecks:
    """Runs ``sf data update record``; the CLI is logged in already."""

    def __init__(self, simulator: SalesforceSimulator, cli: SfCli) -> None:
        self._simulator = simulator
        self._cli = cli
        self._org = orgs.behind(simulator)

    def run(self, report: Report) -> None:
        """Run every check, each with an org whose keys are there."""
        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("finds no keys after it has blanked them, and nothing else changed", self._blanks),
            ("puts keys back", self._puts_back),
            ("is told a validation rule in the customer's words", self._validation_rule),
            ("is told that a row is locked by an approval", self._locked),
            ("is told that a row was deleted meanwhile", self._deleted),
            ("does not change a row twice when the answer is lost", self._answer_lost),
            ("sees that the package is connected", self._connected),
        )
        for sentence, check in checks:
            self._org = orgs.behind(self._simulator)
            self._simulator.forget_requests()
            report.check(_CLIENT, sentence, check)

    def _blanks(self) -> None:
        before = dict(self._row)
        self._cli.ok(self._update(_BLANK))
        expect(self._rows(_KEYS_LEFT), 0, "rows with keys")
        stamps = {name: self._row[name] for name in ("LastModifiedDate", "SystemModstamp")}
        blanked = {API_KEY_FIELD: None, API_SECRET_FIELD: None}
        expect(self._row, {**before, **stamps, **blanked}, "the row")

    def _puts_back(self) -> None:
        value = secrets.token_hex(11)
        self._cli.ok(self._update(f"{API_KEY_FIELD}='{value}'"))
        expect(self._row[API_KEY_FIELD], value, "key of the row")

    def _validation_rule(self) -> None:
        answer = self._hindered(WriteObstacle.VALIDATION_RULE, message="Ask Kim first.")
        expect_part(answer, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "answer")
        expect_part(answer, "Ask Kim first.", "answer")

    def _locked(self) -> None:
        expect_part(self._hindered(WriteObstacle.APPROVAL_LOCK), "ENTITY_IS_LOCKED", "answer")

    def _deleted(self) -> None:
        expect_part(self._hindered(WriteObstacle.ROW_DELETED), "ENTITY_IS_DELETED", "answer")

    def _answer_lost(self) -> None:
        # The fault is for a change that is let in: the CLI logs in to the new org first.
        expect(self._rows(_KEYS_LEFT), 1, "rows with keys")
        self._org.faults.add(Fault(kind=FaultKind.GATEWAY_TIMEOUT, method="PATCH", times=1))
        self._cli.refused(self._update(_BLANK))
        changes = [one for one in self._simulator.requests if one.method == "PATCH"]
        expect(len(changes), 1, "number of changes")
        expect(self._row[API_KEY_FIELD], None, "key of the row")

    def _connected(self) -> None:
        where = self._org.document.connection
        self._org.connect_package()
        query = f"SELECT Id FROM {where.object} WHERE {where.field} = '{where.value}'"  # noqa: S608
        expect(self._rows(query), 1, "rows that show it")

    def _hindered(self, obstacle: WriteObstacle, message: str | None = None) -> dict[str, object]:
        before = dict(self._row)
        self._org.document.key_writes = KeyWrites(obstacle=obstacle, message=message)
        answer = self._cli.refused(self._update(_BLANK, before))
        if self._org.key_rows:
            expect(self._row, before, "the row")
        return answer

    def _rows(self, query: str) -> object:
        found = self._cli.ok(["data", "query", "--query", query, *TARGET])
        return dictionary(found)["totalSize"]

    @property
    def _row(self) -> dict[str, object]:
        return self._org.key_rows[0]

    def _update(self, values: str, row: dict[str, object] | None = None) -> list[str]:
        row_id = str((row or self._row)["Id"])
        arguments = ["data", "update", "record", "--sobject", KEYS_OBJECT, "--record-id", row_id]
        return [*arguments, "--values", values, *TARGET]
