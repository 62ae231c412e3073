"""To whom nothing is sent in the fleet, and who is not reminded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import by_mail
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator.use_cases.allow_address import orgs_with
from zoom_migrator.use_cases.find_orgs import list_orgs
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.notices.mutes import active, mute_document


@dataclass(frozen=True, slots=True)
class FleetContacts:
    """What keeps people of the fleet from being told.

    Attributes:
        orgs: All orgs of the fleet, by id.
        stopped: Addresses to which nothing is sent any more.
        troubles: Slack channels that take nothing.
        mutes: Those that are not over.
        default_channel: The channel of orgs that have none of their own; empty for the webhook's.
        operators_email: Address of those who operate the migrator; empty where there is none.
    """

    orgs: Mapping[str, Org]
    stopped: tuple[Suppression, ...]
    troubles: tuple[ChannelTrouble, ...]
    mutes: tuple[Mute, ...]
    default_channel: str
    operators_email: str

    def orgs_of_address(self, address: str) -> list[str]:
        """Ids of the orgs whose admin has an address."""
        return [org.org_id for org in orgs_with(by_mail(address), self.orgs.values())]

    def orgs_of_channel(self, channel: str) -> list[str]:
        """Ids of the orgs whose notices go to a channel."""
        return [
            org_id
            for org_id, org in self.orgs.items()
            if (org.registration.slack_channel or self.default_channel) == channel
        ]

    def documents(self) -> Document:
        """All of it, for scripts."""
        return {
            "addresses": [
                {
                    "address": each.address,
                    "cause": each.cause,
                    "since": each.at,
                    "said": each.detail or None,
                    "orgs": self.orgs_of_address(each.address),
                }
                for each in self.stopped
            ],
            "slack_channels": [
                {
                    "channel": each.channel or WEBHOOK,
                    "error": each.error,
                    "since": each.since,
                    "last_refused_at": each.at,
                    "orgs": self.orgs_of_channel(each.channel),
                }
                for each in self.troubles
            ],
            "mutes": [mute_document(mute, self.orgs) for mute in self.mutes],
        }


def contacts_of_fleet(connection: Connection) -> FleetContacts:
    """Look up what keeps people of the fleet from being told.

    Raises:
        MigratorError: A store is out of reach, or the settings are wrong.
    """
    settings, contacts = connection.notice_settings, connection.contacts
    orgs = {org.org_id: org for org in list_orgs(orgs=connection.orgs)}
    rows = [org.registration for org in orgs.values()]
    emails = [settings.operators_email]
    emails += [
        address for row in rows for address in (row.salesforce_admin_email, row.zoom_admin_email)
    ]
    addresses = {by_mail(email).address for email in emails} - {""}
    # The webhook's channel has no name.
    channels = {"", settings.slack_channel, *(row.slack_channel for row in rows)}
    stopped, troubles = contacts.suppressed(addresses), contacts.troubles(channels)
    today = connection.clock.now().date()
    return FleetContacts(
        orgs=orgs,
        stopped=tuple(stopped[each] for each in sorted(stopped)),
        troubles=tuple(troubles[each] for each in sorted(troubles)),
        mutes=tuple(active(contacts.mutes(list(orgs)), today)),
        default_channel=settings.slack_channel,
        operators_email=by_mail(settings.operators_email).address,
    )
