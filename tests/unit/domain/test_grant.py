from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.grant import (
    Grant,
    GrantStatus,
    GrantSubject,
    IssuedTokens,
    Lease,
    TokenPair,
    grant_id,
)

TOKENS = IssuedTokens(
    TokenPair("access-canary", "refresh-canary"), after(minutes=60), ("user:read",), "https://api"
)
LEASE = timedelta(minutes=2)


@pytest.fixture
def grant() -> Grant:
    return Grant(
        subject=GrantSubject("client", "account", "user", org_id_of(1)),
        email="ada@acme.example",
        sealed="sealed-canary",
        access_expires_at=NOW,
        issued_at=NOW,
        consented_at=NOW,
        scopes=(),
        api_url="https://api.zoom.us",
    )


class TestIdentity:
    def test_one_client_account_and_user_have_one_grant(self) -> None:
        assert grant_id("c", "a", "u") == grant_id("c", "a", "u")
        assert len({grant_id("c", "a", "u"), grant_id("c", "au", ""), grant_id("ca", "", "u")}) == 3

    def test_the_org_whose_consent_it_was_does_not_matter(self) -> None:
        one = GrantSubject("client", "account", "user", org_id_of(1))

        assert one.grant_id == replace(one, org_id=org_id_of(2)).grant_id

    def test_neither_tokens_nor_what_is_sealed_show(self, grant: Grant) -> None:
        assert "canary" not in repr(grant) + repr(TOKENS)


class TestLeases:
    def test_one_holds_it_for_a_while(self, grant: Grant) -> None:
        leased = grant.leased("one", now=NOW, lasting=LEASE)

        assert leased.is_leased(NOW)
        assert not leased.is_leased(NOW + LEASE)
        with pytest.raises(IllegalTransition):
            leased.leased("two", now=NOW, lasting=LEASE)

    def test_one_that_ran_out_can_be_taken_over(self, grant: Grant) -> None:
        taken = grant.leased("one", now=NOW, lasting=LEASE).leased(
            "two", now=NOW + LEASE, lasting=LEASE
        )

        assert taken.lease == Lease("two", NOW + 2 * LEASE)
        assert not taken.is_in_hands_of("one", 1)

    def test_who_holds_it_is_overtaken_by_other_tokens(self, grant: Grant) -> None:
        leased = grant.leased("one", now=NOW, lasting=LEASE)

        assert leased.is_in_hands_of("one", 1)
        assert not leased.rotated(TOKENS, "other", at=NOW).is_in_hands_of("one", 1)
        assert not leased.released().is_in_hands_of("one", 1)


class TestWhatBecomesOfIt:
    def test_new_tokens_make_it_live(self, grant: Grant) -> None:
        unknown = grant.settled(GrantStatus.UNKNOWN, "answer_lost", at=NOW)

        rotated = unknown.rotated(TOKENS, "sealed", at=after(days=1))

        assert (rotated.status, rotated.problem, rotated.version) == (GrantStatus.LIVE, "", 2)
        assert rotated.status_since == rotated.issued_at == after(days=1)
        assert rotated.consented_at == NOW

    def test_a_live_one_stays_live_since_it_was(self, grant: Grant) -> None:
        live = replace(grant, status_since=NOW)

        assert live.rotated(TOKENS, "sealed", at=after(days=1)).status_since == NOW

    def test_a_dead_one_keeps_no_tokens(self, grant: Grant) -> None:
        dead = grant.leased("one", now=NOW, lasting=LEASE).settled(
            GrantStatus.DEAD, "grant_invalid", at=NOW
        )

        assert (dead.sealed, dead.lease) == ("", None)

    def test_an_unknown_one_keeps_its_tokens_and_who_may_yet_bring_others(
        self, grant: Grant
    ) -> None:
        leased = grant.leased("one", now=NOW, lasting=LEASE)

        unknown = leased.settled(GrantStatus.UNKNOWN, "interrupted", at=NOW)

        assert (unknown.sealed, unknown.lease) == (grant.sealed, leased.lease)

    def test_orgs_come_and_go(self, grant: Grant) -> None:
        both = grant.used_by(org_id_of(2)).used_by(org_id_of(1)).used_by(org_id_of(2))

        assert both.orgs == (org_id_of(1), org_id_of(2))
        assert both.not_used_by(org_id_of(1)).not_used_by(org_id_of(9)).orgs == (org_id_of(2),)
