"""What everything does that keeps who is not to be told, and which channels are in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import ADA, NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.memory.notices import InMemoryContactRepository
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.notice_ports import ContactRepository

ORG, OTHER = org_id_of(1), org_id_of(2)
MUTE = Mute(ORG, "", date(2026, 8, 1), ADA, NOW, "change freeze")
BY_MAIL = Mute(ORG, "admin@acme.example", None, "person:admin@acme.example", NOW)
EVERYWHERE = replace(BY_MAIL, org_id="")
BOUNCE = Suppression("admin@acme.example", "bounce", NOW, "550 5.1.1 user unknown")
TROUBLE = ChannelTrouble("#zoom", "channel_not_found", since=NOW, at=NOW)


@pytest.fixture(params=["memory", "dynamodb"])
def contacts(request: pytest.FixtureRequest) -> ContactRepository:
    if request.param == "memory":
        return InMemoryContactRepository()
    return DynamoDbContactRepository(request.getfixturevalue("table"))


class TestMutes:
    def test_one_comes_back_as_it_was_stored(self, contacts: ContactRepository) -> None:
        contacts.mute(MUTE)
        contacts.mute(BY_MAIL)

        assert contacts.mutes([ORG]) == [MUTE, BY_MAIL]

    def test_those_of_all_orgs_belong_to_every_answer(self, contacts: ContactRepository) -> None:
        contacts.mute(MUTE)
        contacts.mute(EVERYWHERE)

        assert contacts.mutes([OTHER]) == [EVERYWHERE]
        assert contacts.mutes([OTHER, ORG]) == [EVERYWHERE, MUTE]
        assert contacts.mutes([]) == [EVERYWHERE]

    def test_one_that_is_over_is_told_too(self, contacts: ContactRepository) -> None:
        over = replace(MUTE, until=date(2020, 1, 1))
        contacts.mute(over)

        assert contacts.mutes([ORG]) == [over]

    def test_a_newer_one_takes_its_place(self, contacts: ContactRepository) -> None:
        newer = replace(MUTE, until=None, at=after(days=1), reason="")
        contacts.mute(MUTE)
        contacts.mute(newer)

        assert contacts.mutes([ORG]) == [newer]

    def test_it_can_be_forgotten(self, contacts: ContactRepository) -> None:
        for mute in (MUTE, BY_MAIL, EVERYWHERE):
            contacts.mute(mute)

        assert contacts.unmute(ORG)
        assert not contacts.unmute(ORG)
        assert contacts.mutes([ORG]) == [EVERYWHERE, BY_MAIL]
        assert contacts.unmute("", address=EVERYWHERE.address)
        assert contacts.unmute(ORG, address=BY_MAIL.address)
        assert contacts.mutes([ORG]) == []

    def test_each_org_has_its_own(self, contacts: ContactRepository) -> None:
        mutes = [replace(MUTE, org_id=org_id_of(number)) for number in range(1, 151)]
        for mute in mutes:
            contacts.mute(mute)

        assert contacts.mutes([mute.org_id for mute in mutes]) == sorted(
            mutes, key=lambda mute: mute.org_id
        )


class TestSuppressions:
    def test_an_address_comes_back_with_its_reason(self, contacts: ContactRepository) -> None:
        contacts.suppress(BOUNCE)

        assert contacts.suppressed([BOUNCE.address, "other@acme.example"]) == {
            BOUNCE.address: BOUNCE
        }
        assert contacts.suppressed([]) == {}

    def test_the_first_reason_stays(self, contacts: ContactRepository) -> None:
        contacts.suppress(BOUNCE)
        contacts.suppress(Suppression(BOUNCE.address, "complaint", after(days=1)))

        assert contacts.suppressed([BOUNCE.address]) == {BOUNCE.address: BOUNCE}

    def test_an_address_can_be_used_again(self, contacts: ContactRepository) -> None:
        contacts.suppress(BOUNCE)

        assert contacts.unsuppress(BOUNCE.address)
        assert not contacts.unsuppress(BOUNCE.address)
        assert contacts.suppressed([BOUNCE.address]) == {}

    def test_many_are_looked_up_at_once(self, contacts: ContactRepository) -> None:
        addresses = [f"admin{number}@acme.example" for number in range(250)]
        for address in addresses[::2]:
            contacts.suppress(replace(BOUNCE, address=address))

        assert set(contacts.suppressed(addresses)) == set(addresses[::2])


class TestTroubles:
    @pytest.mark.parametrize("channel", ["#zoom", "C012AB3CD", ""])
    def test_one_comes_back_as_it_was_noted(
        self, channel: str, contacts: ContactRepository
    ) -> None:
        trouble = replace(TROUBLE, channel=channel)
        contacts.note_trouble(trouble)

        assert contacts.troubles([channel, "#other"]) == {channel: trouble}
        assert contacts.troubles([]) == {}

    def test_since_when_stays_and_the_latest_error_is_kept(
        self, contacts: ContactRepository
    ) -> None:
        contacts.note_trouble(TROUBLE)
        later = ChannelTrouble("#zoom", "is_archived", since=after(days=2), at=after(days=2))
        contacts.note_trouble(later)

        assert contacts.troubles(["#zoom"]) == {"#zoom": replace(later, since=NOW)}

    def test_it_is_forgotten_once_it_is_over(self, contacts: ContactRepository) -> None:
        contacts.note_trouble(TROUBLE)

        assert contacts.clear_trouble("#zoom")
        assert not contacts.clear_trouble("#zoom")
        assert contacts.troubles(["#zoom"]) == {}
        contacts.note_trouble(replace(TROUBLE, since=after(days=5), at=after(days=5)))
        assert contacts.troubles(["#zoom"])["#zoom"].since == after(days=5)
