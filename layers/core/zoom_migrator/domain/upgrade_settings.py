"""What an operator decides about upgrades for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.upgrade import UpgradeRules
from zoom_migrator.domain.waiting import Patience


@dataclass(frozen=True, slots=True)
class UpgradeSettings:
    """The fleet's settings of upgrades.

    Attributes:
        version_id: The version to install (``04t...``); empty where customers install by hand.
        terms: The package's terms, which whoever approves accepts.
        approval_lifetime: How long an answer is waited for.
        reminder_every: How long until somebody who has not acted is reminded.
        preparing: Patience with what stands in the way before an install and passes by itself;
            its waits are also those between two tries.
        installing: Patience with one install, from its first request to its end.
        confirming: Patience with a version that does not show up although Salesforce says that
            the install is done.
        by_hand: Patience with a customer who upgrades by hand.
        max_tries: How many install requests are sent at most, where one failed for a reason that
            passes.
        settle: How long after an unanswered install request the org is only looked at, because
            the request may still be on its way.
    """

    version_id: str
    rules: UpgradeRules
    terms: Terms
    approval_lifetime: timedelta
    reminder_every: timedelta
    preparing: Patience
    installing: Patience
    confirming: Patience
    by_hand: Patience
    max_tries: int = 20
    settle: timedelta = timedelta(minutes=3)
