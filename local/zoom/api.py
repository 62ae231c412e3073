"""The REST API below ``/v2``: who calls, how often, with which scope, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.zoom import people, scopes
from local.zoom.errors import ApiRefused, invalid_access_token
from local.zoom.limits import Category
from local.zoom.model import SimulatedAccount
from local.zoom.registry import Member
from local.zoom.request import Incoming
from local.zoom.world import World

ROOT: Final = "/v2"
_IN_QUERY: Final = (
    "Invalid access token, this access token is not supported as query parameter string."
)
_DEFAULT_PAGE_SIZE: Final = 30
_LARGEST_PAGE_SIZE: Final = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer."""

    body: dict[str, object]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Resource:
    category: Category
    alternatives: tuple[str, ...]
    read: Callable[[], dict[str, object]]


def handle(world: World, incoming: Incoming) -> Answer:
    """Answer an API call.

    Raises:
        ApiRefused: Zoom refuses it.
    """
    caller, granted = _caller(world, incoming)
    resource = _resource(world, incoming, caller)
    headers = world.limits.count(caller.account, resource.category)
    try:
        _check_scopes(world, resource, granted)
        return Answer(resource.read(), headers)
    except ApiRefused as refused:
        refused.headers = headers | refused.headers
        raise


def _caller(world: World, incoming: Incoming) -> tuple[Member, tuple[str, ...]]:
    if not incoming.bearer and "access_token" in incoming.query:
        raise ApiRefused(401, 124, _IN_QUERY)
    grant = world.grants.with_access_token(incoming.bearer)
    member = world.member_of(grant)
    if member is None:
        raise invalid_access_token()
    if not member.account.rest_api_enabled:
        status = world.behaviour.rest_api_disabled_status
        raise ApiRefused(status, 200, "Account does not enabled REST API.")
    return member, grant.consent.scopes


def _check_scopes(world: World, resource: _Resource, granted: tuple[str, ...]) -> None:
    classic = any(map(scopes.is_classic, granted))
    missing = scopes.missing(resource.alternatives, granted, classic=classic)
    if missing:
        message = f"Invalid access token, does not contain scopes:[{','.join(missing)}]."
        raise ApiRefused(400, world.behaviour.missing_scope_code, message)


def _resource(world: World, incoming: Incoming, caller: Member) -> _Resource:
    parts = incoming.path.split("/")[2:]
    account = caller.account
    match (incoming.method, parts):
        case ("GET", ["users"]):
            size = _page_size(incoming)
            return _Resource(
                Category.MEDIUM, scopes.LIST_USERS, lambda: people.users(account, size)
            )
        case ("GET", ["users", who]):
            needed = scopes.READ_ME if who == "me" else scopes.READ_USER
            return _Resource(
                Category.LIGHT, needed, lambda: people.user(_named(world, caller, who))
            )
        case ("GET", ["users", who, "settings"]):
            needed = scopes.READ_MY_SETTINGS if who == "me" else scopes.READ_SETTINGS
            return _Resource(
                Category.MEDIUM, needed, lambda: people.user_settings(_named(world, caller, who))
            )
        case ("GET", ["accounts", which, *rest]) if which in ("me", account.account_id):
            return _account_resource(account, rest)
    raise ApiRefused(404, 300, "Request not found.")


def _account_resource(account: SimulatedAccount, rest: list[str]) -> _Resource:
    if rest == ["settings"]:
        return _Resource(
            Category.MEDIUM,
            scopes.READ_ACCOUNT_SETTINGS,
            lambda: people.account_settings(account),
        )
    if rest == ["plans", "usage"]:
        return _Resource(Category.HEAVY, scopes.READ_PLAN_USAGE, lambda: people.plan_usage(account))
    raise ApiRefused(404, 300, "Request not found.")


def _named(world: World, caller: Member, who: str) -> Member:
    """Return a user of the caller's own account."""
    found = caller if who == "me" else world.registry.known_member(who)
    if found is None or found.account is not caller.account:
        raise ApiRefused(404, 1001, "User does not exist")
    return found


def _page_size(incoming: Incoming) -> int:
    wanted = incoming.query.get("page_size", "")
    size = int(wanted) if wanted.isdigit() else _DEFAULT_PAGE_SIZE
    return min(max(size, 1), _LARGEST_PAGE_SIZE)
