from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.mail_feedback import FeedbackCause, MailFeedback, read_feedback

BOUNCE = {
    "eventType": "Bounce",
    "bounce": {
        "feedbackId": "010701c2f15a",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": "Ada@acme.example",
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user\n unknown",
            }
        ],
    },
    "mail": {"messageId": "m1", "destination": ["ada@acme.example"]},
}
COMPLAINT = {
    "eventType": "Complaint",
    "complaint": {"complainedRecipients": [{"emailAddress": "Ada <ada@acme.example>"}]},
    "mail": {"messageId": "m1"},
}


def test_a_bounce_for_good_names_who_takes_no_mail() -> None:
    assert read_feedback(BOUNCE) == MailFeedback(
        FeedbackCause.BOUNCE, ("ada@acme.example",), "smtp; 550 5.1.1 user unknown"
    )


def test_a_complaint_names_who_wants_no_mail() -> None:
    assert read_feedback(COMPLAINT) == MailFeedback(FeedbackCause.COMPLAINT, ("ada@acme.example",))


def test_notifications_of_an_identity_say_the_same() -> None:
    document = {**BOUNCE, "notificationType": "Bounce"}
    del document["eventType"]

    assert read_feedback(document) == read_feedback(BOUNCE)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"eventType": "Delivery", "delivery": {}},
        {"eventType": "Bounce"},
        {**BOUNCE, "bounce": {**BOUNCE["bounce"], "bounceType": "Transient"}},  # type: ignore[dict-item]
        {**BOUNCE, "bounce": {"bounceType": "Permanent", "bouncedRecipients": []}},
        {**BOUNCE, "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{}, 1, None]}},
        {"eventType": "Complaint", "complaint": {"complainedRecipients": "everybody"}},
        {
            **COMPLAINT,
            "complaint": {**COMPLAINT["complaint"], "complaintFeedbackType": "not-spam"},  # type: ignore[dict-item]
        },
    ],
)
def test_anything_else_stops_nothing(document: dict[str, object]) -> None:
    assert read_feedback(document) is None


values = st.recursive(
    st.none() | st.text(max_size=10) | st.sampled_from(["Bounce", "Complaint", "Permanent"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["eventType", "bounce", "complaint"]), values))
def test_nothing_breaks_the_reading(document: dict[str, object]) -> None:
    read_feedback(document)
