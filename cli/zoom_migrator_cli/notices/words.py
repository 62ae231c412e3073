"""A notice in the words in which somebody would be told of it today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from zoom_migrator.domain.delivery import Channel, DeliveryKey, Recipient
from zoom_migrator.domain.errors import NoticeNotFound
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import Audience
from zoom_migrator.domain.notice_message import ActionKind, AnyMessage, Message
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.recipients import audience_of
from zoom_migrator.domain.telling import Telling
from zoom_migrator.ports import LinkSigner, MigrationRepository
from zoom_migrator.use_cases.compose_message import Composer
from zoom_migrator.use_cases.gather_notices import Draft
from zoom_migrator.use_cases.notice_actions import (
    DEADLINES,
    Subject,
    is_of_another_deadline,
    is_over,
)
from zoom_migrator.use_cases.read_notices import Reading
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.notices.told import ToldNotice

LEFT_OUT: Final = "[the link; --link shows it]"
_NOBODYS: Final = Recipient(Channel.EMAIL, "")


@dataclass(frozen=True, slots=True)
class Worded:
    """A notice in words.

    Attributes:
        reader: Whom they are for.
        is_over: Whether it would not be sent any more, because what it asks for was done, answered
            or withdrawn.
    """

    reader: Audience
    message: AnyMessage
    is_over: bool


@dataclass(frozen=True, slots=True)
class _Ports:
    migrations: MigrationRepository
    signer: LinkSigner


class _NoSigner:
    """Signs nothing, for words in which no link is shown."""

    def sign(self, text: str) -> str:
        """See the port."""
        return ""

    def is_genuine(self, text: str, signature: str) -> bool:
        """See the port."""
        return False


def worded(
    told: ToldNotice, reader: Audience | None, connection: Connection, *, with_link: bool
) -> Worded:
    """A notice in words, as by mail.

    Args:
        reader: Whom they are for; None for the first of those who have to know.
        with_link: Have its link signed, by which whoever has it can open the request.

    Raises:
        NoticeNotFound: The scan that it tells of is not stored any more.
        MigratorError: A store or the key is out of reach, or the settings are wrong.
    """
    settings, now = connection.notice_settings, connection.clock.now()
    telling = _telling(told, connection, settings, now)
    role = reader or audience_of(telling.kind, telling.facts)[0]
    subject = _subject(told, connection)
    key = DeliveryKey(told.ref, _NOBODYS)
    draft = Draft(key, replace(telling, reader=role), frozenset(), subject)
    signer = connection.signer if with_link else _NoSigner()
    composer = Composer(_Ports(connection.migrations, signer), settings, now, with_choices=False)
    message = composer.compose([draft])
    over = subject is not None and is_over(subject, now)
    over = over or is_of_another_deadline(told.ref, telling.deadline)
    return Worded(role, message if with_link else _without_link(message), over)


def _telling(
    told: ToldNotice, connection: Connection, settings: NoticeSettings, now: datetime
) -> Telling:
    ref = told.ref
    is_of_scan = ref.kind is NoticeKind.SCAN_FINISHED
    scan = connection.scans.get(ref.milestone) if is_of_scan else None
    reading = Reading(
        notices={ref: told.notice} if told.notice else {},
        scans={ref.milestone: scan} if scan else {},
        orgs={ref.org_id: told.org} if told.org else {},
        mutes=(),
    )
    telling = reading.telling_of(ref, settings, now)
    if telling is None:
        raise NoticeNotFound(
            f"Scan {ref.milestone} is not stored any more.",
            remedy="See which are: `zoom-migrator scan list`.",
        )
    return telling


def _subject(told: ToldNotice, connection: Connection) -> Subject | None:
    if told.org is None:
        return None
    ref = told.ref
    # What a deadline's notice leads to is looked up where it is put into words.
    is_about_one = ref.kind not in DEADLINES
    migration = connection.migrations.get(ref.org_id, ref.attempt) if is_about_one else None
    return Subject(ref, told.org, migration)


def _without_link(message: AnyMessage) -> AnyMessage:
    if not isinstance(message, Message):
        return message
    action = message.action
    if action is None or action.kind is ActionKind.INSTALL:
        return message
    return replace(message, action=replace(action, url=LEFT_OUT))
