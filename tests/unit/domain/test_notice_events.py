from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scripts.example_org import ORG, SCAN
from scripts.notice_examples import notices
from zoom_migrator.domain.notice import NoticeKind, NoticeRef
from zoom_migrator.domain.notice_events import event_id_of, event_of_notice, event_of_scan

NOTICE = next(notices())
refs = st.builds(
    NoticeRef,
    st.text(max_size=20),
    st.integers(0, 999),
    st.sampled_from(NoticeKind),
    st.text(max_size=20),
)


@given(refs, refs)
def test_events_have_the_same_id_if_they_tell_of_the_same(one: NoticeRef, other: NoticeRef) -> None:
    assert (event_id_of(one) == event_id_of(other)) is (one == other)


def test_an_event_is_the_same_however_often_it_is_made() -> None:
    assert event_of_notice(NOTICE, ORG) == event_of_notice(NOTICE, ORG)


def test_the_org_is_named_as_it_is_registered_today() -> None:
    renamed = replace(ORG, registration=replace(ORG.registration, display_name="Aster"))

    event = event_of_notice(NOTICE, renamed)

    assert event.detail["org"] == {
        "id": ORG.org_id,
        "name": "Aster",
        "environment": "production",
    }


def test_an_org_that_is_not_registered_any_more_is_named_as_it_was() -> None:
    event = event_of_notice(NOTICE, None)

    assert event.detail["org"] == {"id": ORG.org_id, "name": "Aster Foods", "environment": None}


def test_a_fact_that_is_too_long_is_cut_and_an_empty_one_left_out() -> None:
    long = replace(NOTICE, facts={"said": "x" * 300_000, "remedy": ""})

    facts = event_of_notice(long, ORG).detail["facts"]

    assert facts == {"said": "x" * 3_999 + "…"}


def test_a_scan_that_failed_says_why() -> None:
    scan = event_of_scan(replace(SCAN, failure="The scan timed out.")).detail["scan"]

    assert isinstance(scan, dict)
    assert scan["failure"] == "The scan timed out."
