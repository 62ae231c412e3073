"""A notice together with what became of telling people of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from zoom_migrator.domain.delivery import Delivery, Recipient
from zoom_migrator.domain.errors import NoticeNotFound
from zoom_migrator.domain.notice import Notice, NoticeRef
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_orgs import find_org, list_orgs
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.notices.names import FLEET, NoticeName

# An org has a handful of notices for each attempt, and each goes to a few people.
_MANY_NOTICES: Final = 500
_MANY_DELIVERIES: Final = 2_000
# As many as the client library keeps connections.
_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A notice, and what became of it.

    Attributes:
        at: When it was made.
        deliveries: To whom it was told, or was to be told, ordered by recipient and time.
        org: The org it is about; None where it is about the fleet.
        notice: As it was recorded; None where it is news of a scan, which has none.
    """

    ref: NoticeRef
    at: datetime
    deliveries: tuple[Delivery, ...]
    org: Org | None = None
    notice: Notice | None = None

    @property
    def name(self) -> str:
        """What people call its org; empty where it is about the fleet."""
        return self.org.registration.display_name if self.org else ""

    @property
    def newest(self) -> list[Delivery]:
        """What became of it last, for each recipient."""
        last: dict[Recipient, Delivery] = {each.key.recipient: each for each in self.deliveries}
        return list(last.values())


def told_of(text: str, connection: Connection) -> list[ToldNotice]:
    """Everything that was to be told of an org, or of the fleet as a whole, newest first.

    Raises:
        MigratorError: The org is not registered, or a store is out of reach.
    """
    if text == FLEET:
        return _of_fleet(connection)
    return _of_org(find_org(text, orgs=connection.orgs), connection)


def told_of_all(connection: Connection) -> list[ToldNotice]:
    """Everything that was to be told of any org or of the fleet, newest first.

    Raises:
        MigratorError: A store is out of reach.
    """
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        of_orgs = readers.map(lambda org: _of_org(org, connection), list_orgs(orgs=connection.orgs))
        return _newest_first(chain(*of_orgs, _of_fleet(connection)))


def found_notice(text: str, name: NoticeName, connection: Connection) -> ToldNotice:
    """The notice that somebody means, or the newest of those that they may mean.

    Raises:
        NoticeNotFound: There is none.
        MigratorError: The org is not registered, or a store is out of reach.
    """
    for told in told_of(text, connection):
        if name.fits(told.ref):
            return told
    raise NoticeNotFound(
        f"There is no notice {name} of {'the fleet' if text == FLEET else f'org {text}'}.",
        remedy=f"See which there are: `zoom-migrator notices list {text}`.",
    )


def _of_org(org: Org, connection: Connection) -> list[ToldNotice]:
    notices = connection.migrations.notices(org.org_id, limit=_MANY_NOTICES)
    told = _by_notice(org.org_id, connection) if notices else {}
    return _newest_first(
        ToldNotice(each.ref, each.at, _in_order(told.get(each.ref, ())), org, each)
        for each in notices
    )


def _of_fleet(connection: Connection) -> list[ToldNotice]:
    """News of scans; what told nobody anything is not among it."""
    return _newest_first(
        ToldNotice(ref, min(each.at for each in deliveries), _in_order(deliveries))
        for ref, deliveries in _by_notice("", connection).items()
    )


def _by_notice(org_id: str, connection: Connection) -> dict[NoticeRef, list[Delivery]]:
    found: defaultdict[NoticeRef, list[Delivery]] = defaultdict(list)
    for delivery in connection.deliveries.list_of(org_id, limit=_MANY_DELIVERIES):
        found[delivery.key.notice].append(delivery)
    return found


def _in_order(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    return tuple(sorted(deliveries, key=lambda each: (each.key.recipient, each.key.again)))


def _newest_first(told: Iterable[ToldNotice]) -> list[ToldNotice]:
    return sorted(told, key=lambda each: (each.at, each.ref), reverse=True)
