"""What became of telling people, in the table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.dynamodb.delivery_items import (
    STATUS,
    delivery_from,
    delivery_item,
    delivery_sort,
)
from zoom_migrator.adapters.dynamodb.fields import readable
from zoom_migrator.adapters.dynamodb.keys import (
    DELIVERY,
    deliveries_sort,
    partition_of_notices,
)
from zoom_migrator.adapters.dynamodb.table import Condition, Table
from zoom_migrator.domain.delivery import Claim, Delivery, DeliveryKey, DeliveryStatus
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    MigratorError,
    StoreUnavailable,
)
from zoom_migrator.domain.notice import NoticeRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


def _has_status(*statuses: DeliveryStatus) -> Condition:
    values: dict[str, AttributeValueTypeDef] = {
        f":{status}": {"S": status.value} for status in statuses
    }
    return Condition(f" AND #{STATUS} IN ({', '.join(values)})", {f"#{STATUS}": STATUS}, values)


_WAITS: Final = _has_status(DeliveryStatus.WAITING)
_NOT_ALL: Final = "others of the same message could not be claimed"
_IS_OPEN: Final = _has_status(DeliveryStatus.CLAIMED, DeliveryStatus.UNKNOWN)
CLAIMS_AT_A_TIME: Final = 8
"""Writes at a time, of which every notice of a message is one; as many as the client can keep
connections for."""
_log = logging.getLogger(__name__)


class DynamoDbDeliveryRepository:
    """The :class:`~zoom_migrator.notice_ports.DeliveryRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(
        self, keys: Sequence[DeliveryKey], *, at: datetime, late: Mapping[NoticeRef, int]
    ) -> list[Claim]:
        """See the port. Where one fails, the others are let go of: they are not to be sent.

        Raises:
            InvariantViolation: A stored item is damaged.
        """
        wanted = [
            Delivery(key, DeliveryStatus.CLAIMED, at, 1, "", "", late.get(key.notice, 0))
            for key in keys
        ]
        claims, error = _side_by_side(self._claim, wanted)
        if error is not None:
            self._let_go(claims, at)
            raise error
        return claims

    def finish(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """See the port."""
        finished, error = _side_by_side(self._finishes, deliveries)
        if error is not None:
            raise error
        return [each for each, is_done in zip(deliveries, finished, strict=True) if is_done]

    def list_of(self, org_id: str, *, limit: int) -> list[Delivery]:
        """See the port; a delivery whose item is damaged is left out and logged."""
        items = self._table.query(partition_of_notices(org_id), DELIVERY)
        found = sorted(
            readable(items, delivery_from), key=lambda each: (each.at, each.key), reverse=True
        )
        return found[: max(limit, 0)]

    def of_notices(self, refs: Collection[NoticeRef]) -> list[Delivery]:
        """See the port; a delivery whose item is damaged is left out and logged."""
        found = [each for ref in dict.fromkeys(refs) for each in self._of_notice(ref)]
        return sorted(found, key=lambda each: each.key)

    def _of_notice(self, ref: NoticeRef) -> list[Delivery]:
        begin = deliveries_sort(ref.attempt, ref.kind, ref.milestone)
        items = self._table.query(partition_of_notices(ref.org_id), begin)
        # A milestone with a "#" in it could make one notice's key begin like another's.
        return [each for each in readable(items, delivery_from) if each.key.notice == ref]

    def _claim(self, wanted: Delivery) -> Claim:
        if self._replaces(0, wanted):
            return Claim(wanted, is_ours=True)
        stored = self._stored(wanted.key)
        if stored.status is DeliveryStatus.WAITING:
            again = replace(wanted, tries=stored.tries + 1)
            if self._replaces(stored.tries, again, _WAITS):
                return Claim(again, is_ours=True)
            stored = self._stored(wanted.key)
        return Claim(stored, is_ours=False)

    def _finishes(self, delivery: Delivery) -> bool:
        return self._replaces(delivery.tries, delivery, _IS_OPEN)

    def _let_go(self, claims: Sequence[Claim], at: datetime) -> None:
        """Let claims wait that nobody acts on; else they would count as sent, perhaps, one day."""
        ours = [claim.delivery for claim in claims if claim.is_ours]
        try:
            self.finish([each.ended(DeliveryStatus.WAITING, at, error=_NOT_ALL) for each in ours])
        except StoreUnavailable:
            _log.warning("claims_not_let_go", extra={"notices": len(ours)})

    def _replaces(self, tries: int, delivery: Delivery, only_if: Condition | None = None) -> bool:
        """Store a delivery, if the table has the one that it is to replace."""
        try:
            self._table.put_revision(delivery_item(delivery), replaces=tries, only_if=only_if)
        except ConcurrentModification:
            return False
        return True

    def _stored(self, key: DeliveryKey) -> Delivery:
        item = self._table.get(partition_of_notices(key.notice.org_id), delivery_sort(key))
        if item is None:
            # Nothing deletes deliveries but a person, at this very moment.
            raise StoreUnavailable("A delivery is gone that was there a moment ago.")
        return delivery_from(item)


def _side_by_side[T, R](
    work: Callable[[T], R], things: Sequence[T]
) -> tuple[list[R], MigratorError | None]:
    """Work on all of these, some at a time; what came of those that succeeded, and an error."""

    def worked_on(thing: T) -> R | MigratorError:
        try:
            return work(thing)
        except MigratorError as error:
            return error

    if len(things) > 1:
        with ThreadPoolExecutor(min(CLAIMS_AT_A_TIME, len(things))) as pool:
            results = list(pool.map(worked_on, things))
    else:
        results = [worked_on(thing) for thing in things]
    errors = (each for each in results if isinstance(each, MigratorError))
    done = [each for each in results if not isinstance(each, MigratorError)]
    return done, next(errors, None)
