"""Which scopes the product needs of Zoom.

Zoom names the same right in several ways: classic and granular scopes, with and without
``:admin``, and its documentation of them has been wrong before. So every need is a list of scopes
of which any one will do, and all lists are settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.org import ZoomProduct


class ScopeNeed(StrEnum):
    """What a scope is needed for."""

    IDENTITY = "identity"
    PRODUCTS = "products"
    MEETINGS = "meetings"
    PHONE = "phone"
    WEBINAR = "webinar"


_NEEDS_OF_ALL: Final = (ScopeNeed.IDENTITY, ScopeNeed.PRODUCTS)
_NEED_OF: Final = {
    ZoomProduct.MEETINGS: ScopeNeed.MEETINGS,
    ZoomProduct.PHONE: ScopeNeed.PHONE,
    ZoomProduct.WEBINAR: ScopeNeed.WEBINAR,
}
IDENTITY_SCOPES: Final = (
    "user:read:user",
    "user:read:user:admin",
    "user:read",
    "user:read:admin",
)
PRODUCT_SCOPES: Final = (
    "user:read:settings",
    "user:read:settings:admin",
    "user:read",
    "user:read:admin",
)


@dataclass(frozen=True, slots=True)
class MissingScope:
    """A need that no granted scope meets.

    Attributes:
        any_of: Scopes of which any one would do.
    """

    need: ScopeNeed
    any_of: tuple[str, ...]

    def __str__(self) -> str:
        return " or ".join(self.any_of)


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """What a grant has to allow, and what it may.

    Attributes:
        any_of: For each need the scopes of which any one will do; a need without any asks for
            nothing.
        extra: Scopes that a grant may have besides.
        requested: What the authorize address asks for. Empty leaves the parameter out, as apps
            with classic scopes demand; Zoom then grants what the app has.
    """

    any_of: Mapping[ScopeNeed, tuple[str, ...]] = field(
        default_factory=lambda: {
            ScopeNeed.IDENTITY: IDENTITY_SCOPES,
            ScopeNeed.PRODUCTS: PRODUCT_SCOPES,
        }
    )
    extra: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()

    def missing(
        self, granted: Iterable[str], products: Iterable[ZoomProduct]
    ) -> tuple[MissingScope, ...]:
        """The needs of these products that a grant does not meet."""
        has = frozenset(granted)
        needs = [*_NEEDS_OF_ALL, *(_NEED_OF[product] for product in products)]
        lists = [(need, self.any_of.get(need, ())) for need in needs]
        return tuple(
            MissingScope(need, any_of)
            for need, any_of in lists
            if any_of and has.isdisjoint(any_of)
        )

    def unexpected(self, granted: Iterable[str]) -> tuple[str, ...]:
        """What a grant allows beyond anything that is needed, asked for or allowed, sorted."""
        known = {scope for any_of in self.any_of.values() for scope in any_of}
        return tuple(sorted(set(granted) - known - set(self.extra) - set(self.requested)))
