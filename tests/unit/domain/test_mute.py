from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ADA, NOW, after, org_id_of
from zoom_migrator.domain.errors import LinkRefused
from zoom_migrator.domain.mute import ChannelTrouble, Mute
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint

TODAY = date(2026, 7, 1)
ORG, OTHER = org_id_of(1), org_id_of(2)


def muted(org_id: str = ORG, address: str = "", until: date | None = None) -> Mute:
    return Mute(org_id, address, until, ADA, NOW)


@pytest.mark.parametrize(
    ("mute", "covers"),
    [
        (muted(), True),
        (muted(org_id=""), True),
        (muted(org_id=OTHER), False),
        (muted(address="me@acme.example"), True),
        (muted(address="you@acme.example"), False),
        (muted(until=date(2026, 7, 2)), True),
        (muted(until=TODAY), False),
        (muted(until=date(2026, 6, 30)), False),
    ],
)
def test_a_mute_covers_its_org_and_address_until_its_day(mute: Mute, covers: bool) -> None:
    assert mute.covers(org_id=ORG, address="me@acme.example", today=TODAY) is covers


def test_one_address_spares_no_slack_channel() -> None:
    mute = muted(address="me@acme.example")

    assert not mute.covers(org_id=ORG, address="", today=TODAY)


def test_a_channel_in_trouble_is_left_alone_for_a_day() -> None:
    trouble = ChannelTrouble("#zoom", "channel_not_found", since=after(days=-9), at=NOW)

    assert trouble.is_left_alone(after(days=0.99))
    assert not trouble.is_left_alone(after(days=1))


@given(
    st.sampled_from(MuteScope),
    st.integers(1, 10_000).map(org_id_of),
    st.emails(),
    st.integers(1_000_000_000, 9_999_999_999),
)
def test_what_a_link_says_can_be_read_back(
    scope: MuteScope, org_id: str, address: str, expires: int
) -> None:
    claims = MuteClaims(
        scope, org_id, address_fingerprint(address), datetime.fromtimestamp(expires, UTC)
    )

    assert MuteClaims.parse(claims.text) == claims
    assert "@" not in claims.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mute-one",
        "mute-some.00D5g0000000001EAA.aaaaaaaaaaaaaaaaaaaaaa.1784000000",
        "upgrade.00D5g0000000001EAA.1.aaaaaaaaaaaaaaaaaaaaaa.1784000000",
        "mute-one.00D5g0000000001EAA.aaaaaaaaaaaaaaaaaaaaa.1784000000",
        "mute-one.00D5g0000000001EAA.aaaaaaaaaaaaaaaaaaaaaa.1784000000 ",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(LinkRefused):
        MuteClaims.parse(text)


def test_an_address_has_one_fingerprint_however_it_is_written() -> None:
    assert address_fingerprint(" Me@Acme.Example ") == address_fingerprint("me@acme.example")
    assert len(address_fingerprint("me@acme.example")) == 22
