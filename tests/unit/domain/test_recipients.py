from __future__ import annotations

from tests.builders import a_registration
from tests.notices import ADMIN, FLEETS_CHANNEL, OPERATORS, ZOOM_ADMIN, some_notice_settings
from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import Audience
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.recipients import operators_by_mail, readers_of, role_of

K = NoticeKind


def told(
    kind: NoticeKind,
    registration: OrgRegistration | None = None,
    settings: NoticeSettings | None = None,
    **facts: str,
) -> list[Recipient]:
    readers = readers_of(
        kind, facts, registration or a_registration(1), settings or some_notice_settings()
    )
    return [reader.recipient for reader in readers]


def test_slack_has_everything_and_mail_goes_to_those_who_have_to_know() -> None:
    assert told(K.UPGRADE_APPROVAL_NEEDED) == [FLEETS_CHANNEL, ADMIN]
    assert told(K.AUTHORIZATION_NEEDED) == [FLEETS_CHANNEL, ZOOM_ADMIN]
    assert told(K.CONNECTED) == [FLEETS_CHANNEL, ADMIN, ZOOM_ADMIN]
    assert told(K.UPGRADE_DECLINED) == [FLEETS_CHANNEL]


def test_an_org_may_have_a_channel_of_its_own() -> None:
    assert told(K.UPGRADE_DONE, a_registration(1, slack_channel="#acme")) == [
        Recipient(Channel.SLACK, "#acme"),
        ADMIN,
    ]


def test_an_incoming_webhook_needs_no_channel() -> None:
    settings = some_notice_settings(slack_channel="")

    assert told(K.UPGRADE_DECLINED, settings=settings) == [Recipient(Channel.SLACK, "")]


def test_operators_get_mail_where_there_is_no_slack() -> None:
    settings = some_notice_settings(has_slack=False)

    assert told(K.UPGRADE_DECLINED, settings=settings) == [OPERATORS]
    assert told(K.UPGRADE_BLOCKED, settings=settings) == [ADMIN, OPERATORS]


def test_operators_get_mail_where_no_address_is_known_of_whoever_it_is_for() -> None:
    nobody = a_registration(1, salesforce_admin_email="", zoom_admin_email="")
    settings = some_notice_settings(has_slack=False)

    (reader,) = readers_of(K.AUTHORIZATION_NEEDED, {}, nobody, settings)

    assert (reader.recipient, reader.role) == (OPERATORS, Audience.OPERATORS)
    assert "No address is known" in reader.because
    silent = some_notice_settings(has_slack=False, operators_email="")
    assert told(K.AUTHORIZATION_NEEDED, nobody, silent) == []


def test_where_both_admins_share_an_address_they_get_one_message() -> None:
    registration = a_registration(1, zoom_admin_email="Salesforce.Admin@acme.example")

    (_, reader) = readers_of(K.CONNECTED, {}, registration, some_notice_settings())

    assert (reader.recipient, reader.role) == (ADMIN, Audience.SALESFORCE_ADMIN)


def test_an_org_without_a_zoom_admin_has_its_salesforce_admin_told_in_their_place() -> None:
    registration = a_registration(1, zoom_admin_email="")

    (_, reader) = readers_of(K.AUTHORIZATION_NEEDED, {}, registration, some_notice_settings())

    assert (reader.recipient, reader.role) == (ADMIN, Audience.SALESFORCE_ADMIN)


def test_a_deadline_is_told_to_the_zoom_admin_where_only_the_consent_is_missing() -> None:
    assert told(K.DEADLINE_NEAR, waits_for="authorize") == [FLEETS_CHANNEL, ZOOM_ADMIN, ADMIN]
    assert told(K.DEADLINE_NEAR, waits_for="approve") == [FLEETS_CHANNEL, ADMIN]


def test_a_scan_is_told_to_the_operators() -> None:
    facts: dict[str, str] = {}
    settings = some_notice_settings()
    silent = some_notice_settings(has_slack=False)

    (slack,) = readers_of(K.SCAN_FINISHED, facts, None, settings)
    (mail,) = readers_of(K.SCAN_FINISHED, facts, None, silent)

    assert (slack.recipient, mail.recipient) == (FLEETS_CHANNEL, OPERATORS)


def test_nobody_is_told_where_there_is_neither_slack_nor_mail() -> None:
    settings = some_notice_settings(has_slack=False, has_mail=False)

    assert told(K.UPGRADE_BLOCKED, settings=settings) == []
    assert operators_by_mail(settings, "why") is None
    assert operators_by_mail(some_notice_settings(operators_email=""), "why") is None


def test_an_address_alone_says_as_whom_somebody_is_told() -> None:
    registration = a_registration(1)

    assert role_of(ADMIN, registration) is Audience.SALESFORCE_ADMIN
    assert role_of(ZOOM_ADMIN, registration) is Audience.ZOOM_ADMIN
    assert role_of(OPERATORS, registration) is Audience.OPERATORS
    assert role_of(FLEETS_CHANNEL, registration) is Audience.OPERATORS
    assert role_of(ADMIN, None) is Audience.OPERATORS
