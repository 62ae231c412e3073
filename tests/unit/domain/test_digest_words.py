from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.example_org import REGISTRATION
from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from tests.builders import org_id_of
from zoom_migrator.domain.digest_words import MAX_ITEMS, digest_of
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import Action, ActionKind, DigestMessage, Tone
from zoom_migrator.domain.notice_words import MAX_SUBJECT
from zoom_migrator.domain.telling import Telling

K = NoticeKind
TELLINGS = {notice.kind: telling_of(notice) for notice in notices()}
LINK = Action(ActionKind.APPROVE, "Look", "https://migrator.example/approve/x")


def about(kind: NoticeKind, number: int = 1, **changes: object) -> Telling:
    """A notice about the n-th org."""
    telling = TELLINGS[kind]
    org_id = org_id_of(number)
    org = replace(REGISTRATION, org_id=org_id, display_name=f"Acme {number:04d}")
    ref = telling.ref._replace(org_id=org_id)
    return replace(telling, ref=ref, org=org, action=None, **changes)  # type: ignore[arg-type]


def digest(*tellings: Telling) -> DigestMessage:
    return digest_of(tellings, lambda _: None)


def test_what_is_most_pressing_stands_first() -> None:
    message = digest(
        about(K.MIGRATED),
        about(K.UPGRADE_APPROVAL_NEEDED, 2),
        about(K.DEADLINE_NEAR, 3),
        about(K.DISCONNECTED, 4),
    )

    assert [section.tone for section in message.sections] == [
        Tone.BAD,
        Tone.URGENT,
        Tone.TO_DO,
        Tone.GOOD,
    ]
    assert message.tone is Tone.BAD
    assert message.subject == ("Zoom: Disconnected: Zoom does not work there (1 org), and 3 more")


def test_within_a_section_the_nearest_deadline_stands_first() -> None:
    telling = about(K.DEADLINE_NEAR)
    later = telling.deadline + timedelta(days=9)

    (section,) = digest(
        about(K.DEADLINE_NEAR, 2, deadline=later), about(K.DEADLINE_NEAR, 1)
    ).sections

    assert [item.org for item in section.items] == ["Acme 0001", "Acme 0002"]


def test_a_thousand_orgs_are_one_message_that_counts_those_it_cannot_list() -> None:
    message = digest(*(about(K.DEADLINE_NEAR, number) for number in range(1, 1_001)))

    (section,) = message.sections
    assert (len(section.items), section.more) == (MAX_ITEMS, 1_000 - MAX_ITEMS)
    assert message.subject == "Zoom: JWT ends soon (1,000 orgs)"
    assert message.preheader == "Acme 0001, Acme 0002, Acme 0003 and 997 other orgs."
    assert "1,000 orgs, in one message instead of 1,000" in message.paragraphs[0]
    assert any("zoom-migrator orgs list" in note for note in message.footnotes)


def test_links_are_made_only_for_what_is_listed() -> None:
    asked: list[Telling] = []

    def action_of(telling: Telling) -> Action:
        asked.append(telling)
        return LINK

    message = digest_of(
        [about(K.UPGRADE_APPROVAL_NEEDED, number) for number in range(1, 101)], action_of
    )

    assert len(asked) == MAX_ITEMS
    assert {item.action for item in message.sections[0].items} == {LINK}


def test_what_is_late_says_so_in_its_line() -> None:
    late, in_time = about(K.DEADLINE_NEAR, 1, late_by_days=2), about(K.DEADLINE_NEAR, 2)

    (section,) = digest(late, replace(in_time, late_by_days=0)).sections

    assert section.items[0].text.endswith("(2 days late)")
    assert not section.items[1].text.endswith("late)")


def test_it_can_be_muted_only_if_all_of_it_can() -> None:
    assert digest(about(K.DEADLINE_NEAR), about(K.UPGRADE_APPROVAL_REMINDER, 2)).is_mutable
    assert not digest(about(K.DEADLINE_NEAR), about(K.MIGRATED, 2)).is_mutable


def test_what_is_known_to_go_wrong_is_said_once() -> None:
    message = digest(
        about(K.UPGRADE_APPROVAL_NEEDED), about(K.UPGRADE_APPROVAL_NEEDED, 2),
        about(K.AUTHORIZATION_NEEDED, 3),
    )  # fmt: skip

    assert len(message.obstacles) == len(set(message.obstacles)) > 1


def test_deadlines_have_the_obstacles_of_what_each_org_waits_for() -> None:
    approve = about(K.DEADLINE_NEAR, 1, facts={"waits_for": "approve"})
    authorize = about(K.DEADLINE_NEAR, 2, facts={"waits_for": "authorize"})

    message = digest(approve, authorize)

    assert any("Platform Cache" in obstacle for obstacle in message.obstacles)
    assert any("4,700" in obstacle for obstacle in message.obstacles)


def test_a_scan_is_about_the_fleet() -> None:
    message = digest(telling_of_scan(), about(K.UPGRADE_DECLINED))

    assert [section.items[0].org for section in message.sections] == ["Acme 0001", "The fleet"]


@given(st.lists(st.tuples(st.sampled_from(list(TELLINGS)), st.integers(1, 40)), min_size=1,
                max_size=80, unique=True))  # fmt: skip
def test_every_notice_is_listed_or_counted(chosen: list[tuple[NoticeKind, int]]) -> None:
    message = digest(*(about(kind, number) for kind, number in chosen))

    listed = sum(len(section.items) for section in message.sections)
    assert listed + sum(section.more for section in message.sections) == len(chosen)
    assert listed == min(len(chosen), MAX_ITEMS)
    assert 0 < len(message.subject) <= MAX_SUBJECT


@pytest.mark.parametrize("kind", list(TELLINGS))
def test_every_kind_has_a_line(kind: NoticeKind) -> None:
    (section,) = digest(about(kind), about(kind, 2)).sections

    for item in section.items:
        assert item.text == item.text.strip() != ""
        assert item.org not in item.text or kind is K.DEADLINE_NEAR
