"""Rate limits: per account, shared by all apps, by category; and the headers that tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from local.zoom.errors import ApiRefused
from local.zoom.model import Plan, SimulatedAccount

PER_SECOND: Final = (
    "You have reached the maximum per-second rate limit for this API. Try again later."
)
PER_DAY: Final = (
    "You have reached the maximum daily rate limit for this API. Refer to the response header"
    " for details on when you can make another request."
)


class Category(StrEnum):
    """How much a resource costs."""

    LIGHT = "Light"
    MEDIUM = "Medium"
    HEAVY = "Heavy"


_A_SECOND: Final = {
    Category.LIGHT: {Plan.FREE: 4, Plan.PRO: 30, Plan.BUSINESS: 80},
    Category.MEDIUM: {Plan.FREE: 2, Plan.PRO: 20, Plan.BUSINESS: 60},
    Category.HEAVY: {Plan.FREE: 1, Plan.PRO: 10, Plan.BUSINESS: 40},
}
# Where no daily limit is published there is none here.
_A_DAY: Final = {
    (Category.LIGHT, Plan.FREE): 6_000,
    (Category.HEAVY, Plan.PRO): 30_000,
    (Category.HEAVY, Plan.BUSINESS): 60_000,
}


class Limits:
    """Counts the calls of the current second and of the current day (UTC)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start at zero."""
        self._clock = clock
        self._second = self._day = 0
        self._in_second: Counter[tuple[str, Category]] = Counter()
        self._in_day: Counter[tuple[str, Category]] = Counter()

    def count(self, account: SimulatedAccount, category: Category) -> dict[str, str]:
        """Count a call and return the headers of its answer.

        Raises:
            ApiRefused: It is one too many.
        """
        self._turn_page()
        key = (account.account_id, category)
        limit = _A_SECOND[category][account.plan]
        daily = _A_DAY.get((category, account.plan))
        if daily is not None and self._in_day[key] >= daily:
            raise self.day_is_used_up(category, daily)
        if self._in_second[key] >= limit:
            raise self.second_is_used_up(category, limit)
        self._in_second[key] += 1
        self._in_day[key] += 1
        return _headers(category, "QPS", limit, limit - self._in_second[key])

    def second_is_used_up(self, category: Category, limit: int) -> ApiRefused:
        """Return the refusal for the rest of this second."""
        headers = _headers(category, "QPS", limit, 0)
        headers["X-RateLimit-Reset"] = str(int(self._clock()) + 1)
        return ApiRefused(429, 429, PER_SECOND, headers)

    def day_is_used_up(self, category: Category, limit: int) -> ApiRefused:
        """Return the refusal for the rest of this day; Retry-After is a date, not a number."""
        today = datetime.fromtimestamp(self._clock(), UTC)
        tomorrow = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        headers = _headers(category, "Daily-limit", limit, 0)
        headers["Retry-After"] = f"{tomorrow:%Y-%m-%dT%H:%M:%SZ}"
        return ApiRefused(429, 429, PER_DAY, headers)

    def _turn_page(self) -> None:
        second = int(self._clock())
        day = second // 86_400
        if second != self._second:
            self._second = second
            self._in_second.clear()
        if day != self._day:
            self._day = day
            self._in_day.clear()


def _headers(category: Category, kind: str, limit: int, remaining: int) -> dict[str, str]:
    return {
        "X-RateLimit-Category": category.value,
        "X-RateLimit-Type": kind,
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
    }
