"""What stops working when Zoom does not accept JWT any more, and on which day.

Sources: Zoom KB0058199 (JWT ends, and the package falls back on it until then); for what users
notice, the help pages of another CRM with the same change, which name meetings that cannot be
scheduled and webinar registrations that are lost. That Zoom Phone is affected in the same way is
inferred from the package's having one connection for all of its products.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from zoom_migrator.domain.dates import day
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.telling import Telling, days

_P: Final = ZoomProduct
_STOPS: Final = {
    _P.MEETINGS: "meetings cannot be scheduled or started from Salesforce",
    _P.PHONE: "calls by Zoom Phone cannot be made from Salesforce, and are not logged there",
    _P.WEBINAR: "registrations for webinars do not reach Salesforce",
}


def what_stops(telling: Telling) -> str:
    """What stops working in an org that is not connected by OAuth, and on which date."""
    left, when = telling.days_left, day(telling.deadline)
    stops = _listed([_STOPS[product] for product in _products(telling)])
    if left > 0:
        return (
            f"Zoom stops accepting the old connection (JWT) of this org on {when}, in {days(left)}."
            f" From then on, unless it is connected by OAuth, {stops}."
        )
    if left == 0:
        return (
            f"Today, {when}, is the last day on which Zoom accepts the old connection (JWT) of this"
            f" org. From tomorrow on, unless it is connected by OAuth, {stops}."
        )
    return (
        f"Zoom stopped accepting the old connection (JWT) of this org on {when}, {days(-left)} ago."
        f" Until it is connected by OAuth, {stops}."
    )


def what_is_down(telling: Telling) -> str:
    """What does not work in an org that has no connection at all any more."""
    stops = _listed([_STOPS[product] for product in _products(telling)])
    return f"Zoom does not work in this org at present: {stops}."


def deadline_in_short(deadline: date, today: date) -> str:
    """How much time is left, for a line of a digest."""
    left = (deadline - today).days
    if left > 0:
        return f"JWT ends on {day(deadline)}, in {days(left)}"
    if left == 0:
        return f"JWT ends today, {day(deadline)}"
    return f"JWT ended on {day(deadline)}, {days(-left)} ago"


def _products(telling: Telling) -> tuple[ZoomProduct, ...]:
    return telling.org.products if telling.org and telling.org.products else (_P.MEETINGS,)


def _listed(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{'; '.join(parts[:-1])}; and {parts[-1]}"
