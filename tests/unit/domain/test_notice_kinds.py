from __future__ import annotations

import pytest

from scripts.event_kinds import FACTS_OF, MEANINGS
from scripts.event_schemas import FACTS
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_choices import LABELS
from zoom_migrator.domain.notice_kinds import RULES, Audience, Importance, can_be_muted
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.notice_words import HEADINGS, WRITERS
from zoom_migrator.domain.product_event import detail_type_of


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_rules_words_a_heading_and_a_meaning(kind: NoticeKind) -> None:
    assert kind in RULES
    assert kind in WRITERS
    assert kind in HEADINGS
    assert kind in MEANINGS
    assert kind in FACTS_OF or kind is NoticeKind.SCAN_FINISHED


@pytest.mark.parametrize("kind", NoticeKind)
def test_somebody_has_to_know_of_every_kind(kind: NoticeKind) -> None:
    audience = RULES[kind].audience

    assert audience
    assert len(set(audience)) == len(audience)


@pytest.mark.parametrize("kind", NoticeKind)
def test_only_reminders_can_be_muted_and_never_the_last_one(kind: NoticeKind) -> None:
    is_reminder = kind.endswith("_reminder") or kind.startswith("deadline_")

    assert can_be_muted(kind, {}) is is_reminder
    assert not can_be_muted(kind, {"final": "yes"})


@pytest.mark.parametrize("kind", NoticeKind)
def test_whatever_failed_is_told_to_those_who_operate_the_migrator(kind: NoticeKind) -> None:
    rules = RULES[kind]

    if rules.importance is Importance.FAILURE:
        assert Audience.OPERATORS in rules.audience


@pytest.mark.parametrize("kind", NoticeKind)
def test_requests_and_their_reminders_lead_to_the_same(kind: NoticeKind) -> None:
    if kind.endswith("_reminder"):
        request = NoticeKind(kind.replace("_reminder", "_needed"))
        assert RULES[request].action is RULES[kind].action is not None
        assert RULES[request].audience == RULES[kind].audience


def test_every_action_has_a_label_that_fits_on_a_button() -> None:
    assert set(LABELS) == set(ActionKind)
    assert all(len(label) <= 60 for label in LABELS.values())


def test_the_detail_type_is_the_kind_in_words() -> None:
    assert detail_type_of(NoticeKind.UPGRADE_APPROVAL_NEEDED) == "Upgrade Approval Needed"


def test_every_fact_is_described_and_used() -> None:
    used = {name for facts in FACTS_OF.values() for group in facts for name in group}

    assert used == set(FACTS)
