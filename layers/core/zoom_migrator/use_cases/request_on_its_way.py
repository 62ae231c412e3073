"""Install requests whose answer was lost: found in the org, or waited for until none can arrive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.upgrade import InstallRequest, UpgradeFacts, running_install
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.install_in_hand import version_id_of
from zoom_migrator.use_cases.migration_step import InHand

# Salesforce dates a request by its own clock.
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=2)


def arrived_request(hand: InHand, facts: UpgradeFacts) -> InstallRequest | None:
    """The request to follow: one that is in progress, whoever sent it, or the one sent last.

    Raises:
        InvariantViolation: It is not known what is to be installed.
    """
    return running_install(version_id_of(hand), facts.requests) or _own(hand, facts)


def seconds_until_settled(hand: InHand, now: datetime, settings: UpgradeSettings) -> int:
    """How long a request of this attempt or an earlier one may still arrive; 0 if none can."""
    since = hand.migration.unanswered_since
    unsettled = since + settings.settle - now if since is not None else timedelta()
    return int(unsettled.total_seconds()) + 1 if unsettled > timedelta() else 0


def _own(hand: InHand, facts: UpgradeFacts) -> InstallRequest | None:
    """The request that was sent last and whose answer was lost, if it arrived."""
    install = hand.migration.install
    if install is None or install.intended_at is None:
        return None
    earliest = install.intended_at - _CLOCKS_DIFFER_BY
    return next(
        (
            request
            for request in facts.requests
            if same_id(request.version_id, version_id_of(hand))
            and request.created_at >= earliest
            and request.request_id not in install.failed_requests
        ),
        None,
    )
