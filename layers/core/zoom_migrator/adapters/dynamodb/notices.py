"""Notices by what tells them apart, and the milestones that people were told of, in the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of, readable
from zoom_migrator.adapters.dynamodb.keys import (
    MILESTONES,
    Item,
    key,
    notice_sort,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.notice_items import notice_from, notice_item
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.errors import ConcurrentModification, StoreUnavailable
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef

_DEADLINES: Final = (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_OVERDUE)
_TRIES: Final = 5


class _Told(NamedTuple):
    """The milestones of an org that are marked, and the revision of their item."""

    milestones: tuple[str, ...]
    revision: int


class DynamoDbNoticeRepository:
    """The :class:`~zoom_migrator.notice_ports.NoticeRepository` of the deployed product.

    The milestones of an org have one item, so that those of a thousand orgs are read in ten calls.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def get_many(self, refs: Collection[NoticeRef]) -> Mapping[NoticeRef, Notice]:
        """See the port; a notice whose item is damaged is left out and logged."""
        keys = (_key(ref) for ref in dict.fromkeys(refs) if ref.org_id)
        found = readable(self._table.get_many(keys), notice_from)
        return {notice.ref: notice for notice in found}

    def record(self, notices: Sequence[Notice]) -> list[Notice]:
        """See the port."""
        return [notice for notice in notices if self._is_new(notice)]

    def mark_ordered(self, refs: Collection[NoticeRef]) -> None:
        """See the port; only of a deadline's notices anybody asks for it."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for ref in self.get_many([ref for ref in refs if ref.kind in _DEADLINES]):
            wanted[ref.org_id].add(ref.milestone)
        told = self._told(wanted)
        for org_id, milestones in wanted.items():
            self._mark(org_id, milestones, told.get(org_id))

    def milestones(self, org_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """See the port.

        Raises:
            InvariantViolation: A stored item is damaged: what people were told is not known.
        """
        return {org_id: frozenset(each.milestones) for org_id, each in self._told(org_ids).items()}

    def _is_new(self, notice: Notice) -> bool:
        try:
            self._table.put_revision(notice_item(notice), replaces=0)
        except ConcurrentModification:
            return False
        return True

    def _told(self, org_ids: Collection[str]) -> dict[str, _Told]:
        keys = (key(org_partition(org_id), MILESTONES) for org_id in dict.fromkeys(org_ids))
        return dict(map(_told_from, self._table.get_many(keys)))

    def _mark(self, org_id: str, milestones: set[str], told: _Told | None) -> None:
        for _ in range(_TRIES):
            known = told or _Told((), 0)
            if milestones <= set(known.milestones):
                return
            both = (*known.milestones, *sorted(milestones.difference(known.milestones)))
            item = _told_item(org_id, _Told(both, known.revision + 1))
            try:
                self._table.put_revision(item, replaces=known.revision)
            except ConcurrentModification:
                told = self._told([org_id]).get(org_id)
            else:
                return
        raise StoreUnavailable(f"The milestones of org {org_id} keep being changed by others.")


def _key(ref: NoticeRef) -> Item:
    return key(org_partition(ref.org_id), notice_sort(ref.attempt, ref.kind, ref.milestone))


def _told_item(org_id: str, told: _Told) -> Item:
    return key(org_partition(org_id), MILESTONES) | item_of(
        {"org_id": org_id, "milestones": told.milestones, "revision": told.revision}
    )


def _told_from(item: Item) -> tuple[str, _Told]:
    fields = fields_of(item)
    told = _Told(fields.texts("milestones", str), fields.number("revision"))
    return fields.text("org_id"), told
