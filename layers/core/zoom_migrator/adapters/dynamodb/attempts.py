"""Attempts at authorizing in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    ATTEMPT,
    PARTITION,
    SORT,
    Item,
    state_partition,
    timestamp,
)
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.adapters.dynamodb.table import Condition, Table
from zoom_migrator.domain.authorization import (
    AttemptResult,
    AttemptStatus,
    AuthorizationAttempt,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import ZoomProduct

# So that a page that is loaded again still knows how it came out.
KEPT_FOR: Final = timedelta(days=1)


class DynamoDbAttemptRepository:
    """The :class:`~zoom_migrator.oauth_ports.AttemptRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        """See the port."""
        created = replace(attempt, revision=1)
        self._table.put_revision(attempt_item(created), replaces=0)
        return created

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(state_partition(state_hash), ATTEMPT)
        return attempt_from(item) if item else None

    def consume(
        self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
    ) -> AuthorizationAttempt | None:
        """See the port."""
        consumed = attempt.consumed(code_hash, at=now)
        unused_and_in_time = Condition(
            " AND #status = :issued AND expires_at > :now",
            {"#status": "status"},
            {":issued": {"S": AttemptStatus.ISSUED}, ":now": {"S": timestamp(now)}},
        )
        try:
            self._table.put_revision(
                attempt_item(consumed), replaces=_stored(attempt), only_if=unused_and_in_time
            )
        except ConcurrentModification:
            return None
        return consumed

    def end(self, attempt: AuthorizationAttempt, result: AttemptResult) -> AuthorizationAttempt:
        """See the port."""
        ended = attempt.ended(result)
        consumed = Condition(
            " AND #status = :consumed",
            {"#status": "status"},
            {":consumed": {"S": AttemptStatus.CONSUMED}},
        )
        self._table.put_revision(attempt_item(ended), replaces=_stored(attempt), only_if=consumed)
        return ended


def _stored(attempt: AuthorizationAttempt) -> int:
    """The revision that a change replaces; one that nobody stored must not be begun by it."""
    return max(attempt.revision, 1)


def attempt_item(attempt: AuthorizationAttempt) -> Item:
    """The item of an attempt."""
    result = attempt.result
    return item_of(
        {
            PARTITION: state_partition(attempt.state_hash),
            SORT: ATTEMPT,
            "state_hash": attempt.state_hash,
            "org_id": attempt.org_id,
            "attempt": attempt.attempt,
            "request_id": attempt.request_id,
            "products": attempt.products,
            "binding_hash": attempt.binding_hash,
            "redirect_uri": attempt.redirect_uri,
            "created_at": attempt.created_at,
            "expires_at": attempt.expires_at,
            "status": attempt.status,
            "consumed_at": attempt.consumed_at,
            "code_hash": attempt.code_hash,
            "result": _result_values(result) if result else None,
            "revision": attempt.revision,
            "ttl": int((attempt.expires_at + KEPT_FOR).timestamp()),
        }
    )


def attempt_from(item: Item) -> AuthorizationAttempt:
    """The attempt of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    result = fields.inner("result")
    return AuthorizationAttempt(
        state_hash=fields.text("state_hash"),
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        request_id=fields.text("request_id"),
        products=fields.texts("products", ZoomProduct),
        binding_hash=fields.text("binding_hash"),
        redirect_uri=fields.text("redirect_uri"),
        created_at=fields.moment("created_at"),
        expires_at=fields.moment("expires_at"),
        status=fields.choice("status", AttemptStatus),
        consumed_at=fields.parsed("consumed_at", datetime.fromisoformat),
        code_hash=fields.text("code_hash", ""),
        result=_result_from(result) if result else None,
        revision=fields.number("revision"),
    )


def _result_values(result: AttemptResult) -> Values:
    return {
        "outcome": result.outcome,
        "at": result.at,
        "names": result.names,
        "unproven": result.unproven,
        "zoom_email": result.zoom_email,
    }


def _result_from(fields: Fields) -> AttemptResult:
    return AttemptResult(
        outcome=fields.choice("outcome", Outcome),
        at=fields.moment("at"),
        names=fields.texts("names", str),
        unproven=fields.texts("unproven", str),
        zoom_email=fields.text("zoom_email", ""),
    )
