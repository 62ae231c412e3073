"""What the REST API says about people and accounts."""

from __future__ import annotations

from typing import Final

from local.zoom.ids import derived_number
from local.zoom.model import Product, Role, SimulatedAccount
from local.zoom.registry import Member

_BASIC: Final = 1
_LICENSED: Final = 2
_WITHOUT_MEETINGS: Final = 4
_ROLE_IDS: Final = {Role.OWNER: "0", Role.ADMIN: "1", Role.MEMBER: "2"}
_SINCE: Final = "2023-01-16T08:00:00Z"


def user(member: Member) -> dict[str, object]:
    """Return a user as ``GET /v2/users/{userId}`` does."""
    person, account = member.person, member.account
    return {
        "id": person.user_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "display_name": person.name,
        "email": person.email,
        "type": _user_type(member),
        "role_name": person.role.value,
        "role_id": _ROLE_IDS[person.role],
        "pmi": derived_number("pmi", person.email.lower()),
        "use_pmi": False,
        "timezone": person.timezone,
        "verified": 1,
        "dept": "",
        "created_at": _SINCE,
        "user_created_at": _SINCE,
        "language": person.language,
        "account_id": account.account_id,
        "account_number": account.account_number,
        "status": "active" if person.active else "inactive",
        "login_types": [101],
        "plan_united_type": "1",
        "cluster": "us04",
    }


def user_settings(member: Member) -> dict[str, object]:
    """Return a user's settings: ``feature`` says which products this person has."""
    return {
        "schedule_meeting": {"host_video": False, "participants_video": False},
        "in_meeting": {"chat": True, "screen_sharing": True},
        "feature": _features(member.account.products_of(member.person)),
    }


def account_settings(account: SimulatedAccount) -> dict[str, object]:
    """Return an account's settings: ``feature`` says which products it has."""
    return {"feature": _features(account.products)}


def plan_usage(account: SimulatedAccount) -> dict[str, object]:
    """Return the plans of an account and how much of them is used."""
    people = len(account.people)
    usage: dict[str, object] = {
        "plan_base": {"type": "monthly", "hosts": max(people, 1), "usage": people},
    }
    if Product.PHONE in account.products:
        base = {"type": "monthly", "callout_countries": "United States of America"}
        usage["plan_phone"] = {"plan_base": base, "plan_calling": []}
    if Product.WEBINAR in account.products:
        usage["plan_webinar"] = [{"type": "webinar500_monthly", "hosts": people, "usage": people}]
    return usage


def users(account: SimulatedAccount, page_size: int) -> dict[str, object]:
    """Return the first page of an account's users."""
    shown = account.people[:page_size]
    return {
        "page_count": 1,
        "page_number": 1,
        "page_size": page_size,
        "total_records": len(account.people),
        "next_page_token": "",
        "users": [user(Member(person, account)) for person in shown],
    }


def _user_type(member: Member) -> int:
    products = member.account.products_of(member.person)
    if Product.MEETINGS not in products:
        return _WITHOUT_MEETINGS
    return _LICENSED if member.account.plan.is_paid else _BASIC


def _features(products: list[Product]) -> dict[str, object]:
    webinar = Product.WEBINAR in products
    meetings = Product.MEETINGS in products
    return {
        "cn_meeting": False,
        "in_meeting": False,
        "large_meeting": False,
        "meeting_capacity": 500 if meetings else 0,
        "webinar": webinar,
        **({"webinar_capacity": 500} if webinar else {}),
        "zoom_events": False,
        "zoom_phone": Product.PHONE in products,
        "zoom_whiteboard": False,
    }
