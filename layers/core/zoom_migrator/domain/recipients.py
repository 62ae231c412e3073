"""Who is told of a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import RULES, Audience
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.org import OrgRegistration

WAITS_FOR = "waits_for"
"""Name of the fact that says what an org waits for."""
_NO_ADDRESS = "No address is known of whoever this is for, so it comes to you."


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told.

    Attributes:
        role: As whom they are told.
        because: Why they are told in place of somebody else; empty where they are not.
    """

    recipient: Recipient
    role: Audience
    because: str = ""


def audience_of(kind: NoticeKind, facts: Mapping[str, str]) -> tuple[Audience, ...]:
    """Who has to know of a notice, whoever has to act first."""
    audience = RULES[kind].audience
    if facts.get(WAITS_FOR) == ActionKind.AUTHORIZE and Audience.ZOOM_ADMIN not in audience:
        return (Audience.ZOOM_ADMIN, *audience)
    return audience


def readers_of(
    kind: NoticeKind,
    facts: Mapping[str, str],
    org: OrgRegistration | None,
    settings: NoticeSettings,
) -> list[Reader]:
    """Everybody who is told of a notice, each once.

    Slack has everything, so operators get mail only where there is no Slack; and where nobody else
    has an address.
    """
    audience = audience_of(kind, facts)
    readers: dict[Recipient, Reader] = {}
    if settings.has_slack:
        channel = (org.slack_channel if org else "") or settings.slack_channel
        reader = Reader(Recipient(Channel.SLACK, channel), Audience.OPERATORS)
        readers[reader.recipient] = reader
    if settings.has_mail:
        for reader in _by_mail(audience, org, settings):
            readers.setdefault(reader.recipient, reader)
    if not readers and (operators := operators_by_mail(settings, _NO_ADDRESS)) is not None:
        return [operators]
    return list(readers.values())


def operators_by_mail(settings: NoticeSettings, because: str) -> Reader | None:
    """The operators, in place of somebody who cannot be told; None where they have no address."""
    if not settings.has_mail or not settings.operators_email:
        return None
    return Reader(by_mail(settings.operators_email), Audience.OPERATORS, because)


def by_mail(email: str) -> Recipient:
    """Whoever has an e-mail address, however it is written."""
    return Recipient(Channel.EMAIL, email.strip().lower())


def role_of(recipient: Recipient, org: OrgRegistration | None) -> Audience:
    """As whom somebody is told, by their address alone."""
    if org is None or recipient.channel is Channel.SLACK:
        return Audience.OPERATORS
    if recipient == by_mail(org.salesforce_admin_email):
        return Audience.SALESFORCE_ADMIN
    is_zoom_admin = recipient == by_mail(org.zoom_admin_email)
    return Audience.ZOOM_ADMIN if is_zoom_admin else Audience.OPERATORS


def _by_mail(
    audience: tuple[Audience, ...], org: OrgRegistration | None, settings: NoticeSettings
) -> Iterator[Reader]:
    for role in audience:
        if role is Audience.OPERATORS:
            if settings.operators_email and not settings.has_slack:
                yield Reader(by_mail(settings.operators_email), role)
        elif org is not None:
            admin = org.salesforce_admin_email
            email = admin if role is Audience.SALESFORCE_ADMIN else org.zoom_admin_email or admin
            if email:
                yield Reader(by_mail(email), role_of(by_mail(email), org))
