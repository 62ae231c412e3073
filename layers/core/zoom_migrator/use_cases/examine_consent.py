"""Check a consent that Zoom has granted, before anything of it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.expectation import Expectation
from zoom_migrator.domain.grant import IssuedTokens
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import NOTHING_KNOWN, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.domain.zoom_scopes import ScopeNeed, ScopeRules
from zoom_migrator.oauth_ports import ZoomGateway

_PASSING: Final = (ZoomFailureKind.TRANSIENT, ZoomFailureKind.OUTCOME_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a consent does not count.

    Attributes:
        names: Scopes or products that it is about.
        failure: What went wrong where Zoom was asked, if that is the reason.
    """

    outcome: Outcome
    names: tuple[str, ...] = ()
    failure: ZoomFailure | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What became known of a consent.

    Attributes:
        user: Who consented, or None where that could not be found out.
        objection: Why it does not count; None where it does.
    """

    user: ZoomUser | None
    products: ZoomProducts = NOTHING_KNOWN
    objection: Objection | None = None


def examine_consent(
    tokens: IssuedTokens,
    chosen: tuple[ZoomProduct, ...],
    expectation: Expectation,
    *,
    zoom: ZoomGateway,
    scopes: ScopeRules,
) -> Examined:
    """Check scopes, person, account and products.

    Who it was is asked even where the scopes are wrong: what has to become of the tokens depends
    on it.

    Raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """
    missing = scopes.missing(tokens.scopes, chosen)
    user: ZoomUser | ZoomFailure | None = None
    if all(each.need is not ScopeNeed.IDENTITY for each in missing):
        user = _asked(lambda: zoom.user(tokens.pair.access_token, api_url=tokens.api_url))
    known = user if isinstance(user, ZoomUser) else None
    unexpected = scopes.unexpected(tokens.scopes)
    if missing:
        return Examined(known, objection=Objection(Outcome.SCOPES_MISSING, _names(missing)))
    if unexpected:
        return Examined(known, objection=Objection(Outcome.SCOPES_UNEXPECTED, unexpected))
    if isinstance(user, ZoomFailure):
        return Examined(None, objection=_objection_by(user))
    if known is None:
        return Examined(None, objection=Objection(Outcome.OUTCOME_UNKNOWN))
    wrong = expectation.objection_to(known)
    if wrong is not None:
        return Examined(known, objection=Objection(wrong))
    return _with_products(tokens, known, chosen, zoom)


def _with_products(
    tokens: IssuedTokens, user: ZoomUser, chosen: tuple[ZoomProduct, ...], zoom: ZoomGateway
) -> Examined:
    found = _asked(lambda: zoom.products(tokens.pair.access_token, user, api_url=tokens.api_url))
    if isinstance(found, ZoomFailure):
        if found.code is ZoomFailureCode.SCOPE_MISSING:
            return Examined(user, objection=_objection_by(found))
        # Not to know is no reason to refuse: the page and the notice say what is unproven.
        return Examined(user)
    lacking = found.lacking(chosen)
    if lacking:
        return Examined(user, found, Objection(Outcome.PRODUCT_MISSING, _names(lacking)))
    return Examined(user, found)


def _objection_by(failure: ZoomFailure) -> Objection:
    if failure.code is ZoomFailureCode.SCOPE_MISSING:
        return Objection(Outcome.SCOPES_MISSING, failure.missing_scopes, failure)
    if failure.kind is ZoomFailureKind.CONFIGURATION:
        return Objection(Outcome.OUR_MISCONFIGURATION, failure=failure)
    return Objection(Outcome.OUTCOME_UNKNOWN, failure=failure)


def _asked[T](ask: Callable[[], T | ZoomFailure]) -> T | ZoomFailure:
    """An answer; asked for once more where the failure passes, as reading changes nothing."""
    answer = ask()
    if not isinstance(answer, ZoomFailure) or answer.kind not in _PASSING:
        return answer
    return answer if answer.code is ZoomFailureCode.RATE_LIMITED else ask()


def _names(things: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(str(thing) for thing in things)
