"""Scopes: which of them open which resource, and what the consent screen says about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

# Any one of them is enough. Granular names first: the refusal names those of the app's own kind.
READ_ME: Final = (
    "user:read:user",
    "user:read:user:admin",
    "user:read:user:master",
    "user:read",
    "user:read:admin",
    "user:read:master",
)
READ_USER: Final = (
    "user:read:user:admin",
    "user:read:user:master",
    "user:read:admin",
    "user:read:master",
)
READ_MY_SETTINGS: Final = (
    "user:read:settings",
    "user:read:settings:admin",
    "user:read:settings:master",
    "user:read",
    "user:read:admin",
    "user:read:master",
)
READ_SETTINGS: Final = (
    "user:read:settings:admin",
    "user:read:settings:master",
    "user:read:admin",
    "user:read:master",
)
LIST_USERS: Final = (
    "user:read:list_users:admin",
    "user:read:list_users:master",
    "user:read:admin",
    "user:read:master",
)
READ_ACCOUNT_SETTINGS: Final = (
    "account:read:settings:admin",
    "account:read:settings:master",
    "account:read:admin",
    "account:read:master",
)
READ_PLAN_USAGE: Final = (
    "billing:read:plan_usage:admin",
    "billing:read:plan_usage:master",
    "billing:master",
)

_DESCRIPTIONS: Final = {
    "user:read:user": "View your user profile",
    "user:read:user:admin": "View the users of your account",
    "user:read:settings": "View your settings",
    "user:read:settings:admin": "View the settings of your account's users",
    "user:read:list_users:admin": "List the users of your account",
    "account:read:settings:admin": "View your account's settings",
    "billing:read:plan_usage:admin": "View what your account's plans are used for",
    "user:read": "View your user information",
    "user:read:admin": "View all user information of your account",
}
_PARTS_OF_A_CLASSIC_SCOPE: Final = 2


def is_classic(scope: str) -> bool:
    """Say whether a scope is of the older kind: ``user:read``, ``user:read:admin``."""
    parts = scope.split(":")
    levels = ("admin", "master")
    return len(parts) <= _PARTS_OF_A_CLASSIC_SCOPE or (len(parts) == 3 and parts[2] in levels)


def needs_admin(scope: str) -> bool:
    """Say whether a scope reaches beyond the person who consents."""
    return scope.endswith((":admin", ":master"))


def missing(alternatives: Iterable[str], granted: Collection[str], *, classic: bool) -> list[str]:
    """Return the scopes of which one is missing, or nothing if one of them was granted."""
    alternatives = list(alternatives)
    if any(scope in granted for scope in alternatives):
        return []
    names = [one for one in alternatives if not one.endswith(":master")]
    of_kind = [scope for scope in names if is_classic(scope) is classic]
    return of_kind or names


def described(scope: str) -> str:
    """Return what a scope means, for people."""
    return _DESCRIPTIONS.get(scope, scope)
