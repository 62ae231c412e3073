from __future__ import annotations

import pytest

from tests.builders import NOW, after
from tests.notices import ADMIN, NoticeWorld
from tests.unit.domain.test_mail_feedback import BOUNCE, COMPLAINT
from zoom_migrator.domain.mail_feedback import FeedbackCause
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.use_cases.take_mail_feedback import take_mail_feedback

ADA = "ada@acme.example"


@pytest.fixture
def world() -> NoticeWorld:
    return NoticeWorld()


def take(world: NoticeWorld, document: dict[str, object]) -> FeedbackCause | None:
    feedback = take_mail_feedback(document, contacts=world.contacts, clock=world.clock)
    return feedback.cause if feedback else None


def test_an_address_that_bounces_gets_nothing_any_more(world: NoticeWorld) -> None:
    assert take(world, dict(BOUNCE)) is FeedbackCause.BOUNCE

    assert world.contacts.suppressed([ADA, ADMIN.address]) == {
        ADA: Suppression(ADA, "bounce", NOW, "smtp; 550 5.1.1 user unknown")
    }


def test_one_whose_owner_complains_does_not_either(world: NoticeWorld) -> None:
    assert take(world, dict(COMPLAINT)) is FeedbackCause.COMPLAINT
    assert world.contacts.suppressed([ADA])[ADA].cause == "complaint"


def test_the_first_reason_stays(world: NoticeWorld) -> None:
    take(world, dict(BOUNCE))
    world.later(days=1)
    take(world, dict(COMPLAINT))

    suppression = world.contacts.suppressed([ADA])[ADA]
    assert (suppression.cause, suppression.at) == ("bounce", NOW)
    assert after(days=1) == world.clock.now()


def test_anything_else_changes_nothing(world: NoticeWorld) -> None:
    assert take(world, {"eventType": "Delivery"}) is None


def test_no_address_is_logged(world: NoticeWorld, caplog: pytest.LogCaptureFixture) -> None:
    take(world, dict(BOUNCE))

    assert "mail_stopped" in caplog.messages
    assert all("@" not in str(vars(record)) for record in caplog.records)
