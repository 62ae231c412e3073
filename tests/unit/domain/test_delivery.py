from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import NOW, after
from tests.notices import ADMIN, a_done_notice
from zoom_migrator.domain.delivery import Delivery, DeliveryKey, DeliveryStatus

KEY = DeliveryKey(a_done_notice().ref, ADMIN)
LEASE = timedelta(minutes=10)


@pytest.mark.parametrize("status", DeliveryStatus)
def test_only_a_claim_gets_stale_and_only_after_its_lease(status: DeliveryStatus) -> None:
    delivery = Delivery(KEY, status, NOW)

    assert not delivery.is_stale(after(minutes=9.9), LEASE)
    assert delivery.is_stale(after(minutes=10), LEASE) is (status is DeliveryStatus.CLAIMED)


@pytest.mark.parametrize("status", DeliveryStatus)
def test_what_is_claimed_or_waits_is_not_the_end(status: DeliveryStatus) -> None:
    assert status.is_final is (status not in ("claimed", "waiting"))


def test_an_end_keeps_what_the_claim_said_and_cuts_what_the_service_said() -> None:
    claimed = Delivery(KEY, DeliveryStatus.CLAIMED, NOW, tries=3, late_by_days=2)

    failed = claimed.ended(DeliveryStatus.FAILED, after(seconds=1), error="x" * 1_000)

    assert (failed.key, failed.tries, failed.late_by_days) == (KEY, 3, 2)
    assert (failed.status, failed.at) == (DeliveryStatus.FAILED, after(seconds=1))
    assert len(failed.error) == 300
