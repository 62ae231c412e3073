"""Every page of an authorization, each as somebody comes to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.adapters.web.journey import Journey
from tests.authorizations import EVERYTHING, a_person
from tests.browsing import where
from tests.visits import Page
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import Possession
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

type Make = Callable[[], Page]

_C = ZoomFailureCode


def opened_after(change: Callable[[Journey], object]) -> Make:
    """The link, opened after something has happened."""

    def make() -> Page:
        journey = Journey.asked()
        change(journey)
        return journey.open()

    return make


def consented_as(person: object, *products: ZoomProduct) -> Make:
    """How it comes out if this person consents."""
    return lambda: Journey.asked().authorize(person, *products)  # type: ignore[arg-type]


def failed_with(code: ZoomFailureCode) -> Make:
    """How it comes out if Zoom answers the code like this."""

    def make() -> Page:
        journey = Journey.asked()
        journey.world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(code))
        return journey.authorize()

    return make


def closed(journey: Journey, status: AuthorizationStatus) -> None:
    """Close the request without an answer."""
    world = journey.world
    request = world.request_of().closed(status)
    world.migrations.save(replace(world.migration_of(), authorization=request))


def without_app(journey: Journey) -> None:
    """Take the client id from the product."""
    journey.world.zoom.app = ZoomFailure(_C.CREDENTIALS_MISSING)


def unconfigured() -> Page:
    """The button of a product that does not know its own app."""
    journey = Journey.asked()
    page = journey.open()
    without_app(journey)
    return journey.browser.post(journey.path, {"token": page.token, "meetings": "chosen"})


def with_nothing_picked() -> Page:
    """The form without a product."""
    journey = Journey.asked()
    return journey.browser.post(journey.path, {"token": journey.open().token})


def declined() -> Page:
    """How a refusal at Zoom comes out."""
    journey = Journey.asked()
    journey.press()
    return journey.browser.follow(journey.come_back({"error": ["access_denied"]}))


def misconfigured() -> Page:
    """How it comes out if the app's credentials are lost while somebody is at Zoom."""
    journey = Journey.asked()
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    without_app(journey)
    return journey.browser.follow(journey.come_back(query))


def already_done() -> Page:
    """The same answer a second time."""
    journey = Journey.asked()
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    journey.come_back(query)
    return journey.browser.follow(journey.come_back(query))


def withdrawn() -> Page:
    """How it comes out if the request is asked anew while somebody is at Zoom."""
    journey = Journey.asked()
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    journey.world.renew()
    return journey.browser.follow(journey.come_back(query))


def result_of(journey: Journey) -> Page:
    """The page of the attempt that was begun last."""
    (attempt, *_) = reversed(journey.world.attempts.stored)
    return journey.browser.get(f"/oauth/done/{attempt.state_hash}")


def not_back_yet() -> Page:
    """The result of an attempt whose answer has not come."""
    journey = Journey.asked()
    journey.press()
    return result_of(journey)


def never_back() -> Page:
    """The result of an attempt whose answer has not come in time."""
    journey = Journey.asked()
    journey.press()
    journey.world.later(minutes=11)
    return result_of(journey)


def came_back_with(query: dict[str, list[str]], *, begun: bool = True) -> Make:
    """Zoom's answer as no answer may be."""

    def make() -> Page:
        journey = Journey.asked()
        if begun:
            journey.press()
        return journey.come_back(query)

    return make


def somebody_elses() -> Page:
    """A result in another browser."""
    return Journey.asked().browser.get(f"/oauth/done/{'0' * 64}")


STATE: Final = "A" * 43
NO_PHONE: Final = replace(EVERYTHING, phone=Possession.NO)
UNTOLD: Final = replace(EVERYTHING, phone=Possession.UNKNOWN)
MEETINGS_AND_PHONE: Final = (ZoomProduct.MEETINGS, ZoomProduct.PHONE)

RESULTS: Final[dict[Outcome, Make]] = {
    Outcome.CONNECTED: consented_as(a_person(products=UNTOLD), *MEETINGS_AND_PHONE),
    Outcome.ALREADY_DONE: already_done,
    Outcome.DECLINED: declined,
    Outcome.WRONG_EMAIL: consented_as(a_person("jill.chill@acme.example")),
    Outcome.WRONG_ACCOUNT: lambda: Journey.asked(zoom_account_id="X" * 22).authorize(),
    Outcome.PRODUCT_MISSING: consented_as(a_person(products=NO_PHONE), *MEETINGS_AND_PHONE),
    Outcome.SCOPES_MISSING: consented_as(a_person(scopes=("user:read:user",))),
    Outcome.SCOPES_UNEXPECTED: consented_as(
        a_person(scopes=("user:read:user", "user:read:settings", "meeting:write:meeting"))
    ),
    Outcome.LINK_EXPIRED: withdrawn,
    Outcome.STATE_EXPIRED: never_back,
    Outcome.IN_PROGRESS: not_back_yet,
    Outcome.CODE_TOO_OLD: failed_with(_C.CODE_INVALID),
    Outcome.OUTCOME_UNKNOWN: failed_with(_C.ANSWER_LOST),
    Outcome.ZOOM_UNAVAILABLE: failed_with(_C.NOT_CONNECTED),
    Outcome.OUR_MISCONFIGURATION: misconfigured,
}

AUTHORIZE_PAGES: Final[dict[str, Make]] = {
    "authorize_form": lambda: Journey.asked().open(),
    "authorize_form, with problems": with_nothing_picked,
    "authorize_form, after a setback": opened_after(
        lambda journey: journey.authorize(a_person("jill.chill@acme.example"))
    ),
    "authorize_connected": opened_after(lambda journey: journey.authorize()),
    "authorize_expired": opened_after(lambda journey: journey.world.later(days=14)),
    "authorize_revoked": opened_after(lambda journey: closed(journey, AuthorizationStatus.REVOKED)),
    "authorize_closed": opened_after(
        lambda journey: journey.world.orgs.save(
            replace(journey.world.org_of(), active_attempt=None)
        )
    ),
    "authorize_replaced": opened_after(lambda journey: journey.world.renew()),
    "authorize_unconfigured": unconfigured,
    **{f"outcome_{outcome}": make for outcome, make in RESULTS.items()},
    "outcome_untold": somebody_elses,
    "callback_malformed": came_back_with({}),
    "callback_marketplace": came_back_with({"code": ["some-code"]}),
    "callback_unknown": came_back_with({"code": ["some-code"], "state": [STATE]}),
    "callback_without_cookie": came_back_with(
        {"code": ["some-code"], "state": [STATE]}, begun=False
    ),
}
PARTS: Final = {"authorize_parts", "outcome"}
