"""Put drafts for one recipient into words, with the links that they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from zoom_migrator.domain.delivery import Channel
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint
from zoom_migrator.domain.notice import NoticeRef
from zoom_migrator.domain.notice_kinds import RULES, Audience
from zoom_migrator.domain.notice_message import Action, ActionKind, AnyMessage
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.notice_words import message_of
from zoom_migrator.domain.recipients import WAITS_FOR
from zoom_migrator.domain.telling import Telling
from zoom_migrator.ports import LinkSigner, MigrationRepository
from zoom_migrator.use_cases.gather_notices import Draft
from zoom_migrator.use_cases.notice_actions import (
    DEADLINES,
    Subject,
    install_action,
    signed_action,
)


class ComposePorts(Protocol):
    """What words need from the outside."""

    @property
    def migrations(self) -> MigrationRepository:
        """Where it is read whether a link still leads to anything."""

    @property
    def signer(self) -> LinkSigner:
        """What signs links."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes messages for recipients.

    Attributes:
        with_choices: Whether Slack takes answers by a press on a button.
    """

    ports: ComposePorts
    settings: NoticeSettings
    now: datetime
    with_choices: bool

    def compose(self, drafts: Sequence[Draft]) -> AnyMessage:
        """One message of all of these, which are for the same recipient.

        Raises:
            StoreUnavailable: A store or a key is out of reach.
        """
        by_ref = {draft.key.notice: draft for draft in drafts}
        if len(drafts) == 1:
            (draft,) = drafts
            return message_of(self._with_action(draft))

        def action_of(telling: Telling) -> Action | None:
            return self._action(by_ref[telling.ref], telling)

        return digest_of([draft.telling for draft in drafts], action_of)

    def unsubscribe_url(self, drafts: Sequence[Draft], message: AnyMessage) -> str:
        """Where a single click ends such messages for an admin's address; empty if nothing does.

        Operators have a command for it.

        Raises:
            StoreUnavailable: The key is out of reach.
        """
        (recipient,) = {draft.key.recipient for draft in drafts}
        org_ids = sorted({draft.key.notice.org_id for draft in drafts})
        readers = {draft.telling.reader for draft in drafts}
        if not message.is_mutable or Audience.OPERATORS in readers:
            return ""
        claims = MuteClaims(
            MuteScope.ONE_ORG if len(org_ids) == 1 else MuteScope.ALL_ORGS,
            org_ids[0],
            address_fingerprint(recipient.address),
            self.now + self.settings.mute_link_lifetime,
        ).text
        signature = self.ports.signer.sign(claims)
        return f"{self.settings.public_base_url}/mute/{claims}.{signature}"

    def _with_action(self, draft: Draft) -> Telling:
        telling, action = draft.telling, self._action(draft, draft.telling)
        if action is None and telling.fact(WAITS_FOR):
            # It was answered a moment ago, so nobody is asked to follow a link that is not there.
            telling = replace(telling, facts={**telling.facts, WAITS_FOR: ""})
        return replace(telling, action=action)

    def _action(self, draft: Draft, telling: Telling) -> Action | None:
        kind = _wanted(telling)
        if kind is None or draft.subject is None:
            return None
        if kind is ActionKind.INSTALL:
            return install_action(telling.fact("install_link"))
        return signed_action(
            kind,
            self._with_migration(draft.key.notice, draft.subject),
            base_url=self.settings.public_base_url,
            now=self.now,
            signer=self.ports.signer,
            with_choices=self.with_choices and draft.key.recipient.channel is Channel.SLACK,
        )

    def _with_migration(self, ref: NoticeRef, subject: Subject) -> Subject:
        attempt = subject.org.active_attempt
        if ref.kind not in DEADLINES or attempt is None:
            return subject
        migration = self.ports.migrations.get(subject.org.org_id, attempt)
        return replace(subject, migration=migration)


def _wanted(telling: Telling) -> ActionKind | None:
    waits_for = telling.fact(WAITS_FOR)
    if waits_for:
        return ActionKind(waits_for) if waits_for in set(ActionKind) else None
    return RULES[telling.kind].action
