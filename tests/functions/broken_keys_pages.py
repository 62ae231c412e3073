"""Pages about the old keys that are broken on purpose, each in one way that happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.adapters.web.desk import Handler, handler_of, ports_of
from tests.adapters.web.keys_desk import ROUTE, page_over
from tests.cleanups import AHEAD
from tests.keys_asked import KeysAsked
from zoom_migrator.adapters.web.answer_form import Problems
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.adapters.web.cleanup_form import CleanupForm
from zoom_migrator.adapters.web.cleanup_page import CleanupPage
from zoom_migrator.adapters.web.cleanup_view import CleanupState, CleanupView, state_at
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.cleanup_words import what_is_proven
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer

type Make = Callable[[KeysAsked], Handler]

BROKEN: Final[dict[str, tuple[str, Make]]] = {}


def healthy(asked: KeysAsked) -> Handler:
    """The page as it is."""
    return page_over(asked)


def broken(number: str) -> Callable[[Make], Make]:
    """Enter a page under what is wrong with it, with the id of the case that is about that."""

    def enter(make: Make) -> Make:
        BROKEN[make.__name__.replace("_", " ")] = (number, make)
        return make

    return enter


def handled_by(
    page: type[CleanupPage], asked: KeysAsked, ports: AnswerPorts | None = None
) -> Handler:
    """A function whose only page is of this kind."""
    return handler_of(page(ports or ports_of(asked), Pages(), AHEAD), ROUTE)


@broken("S01")
def opening_the_link_gives_up_the_keys(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def show(self, request: Request) -> Visit:
            form = CleanupForm(name="Nobody", decision="approve", has_seen_connection=True)
            return self._record(request, form)

    return handled_by(Page, asked)


@broken("S02")
def the_token_of_the_form_is_not_asked_for(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def answer(self, request: Request) -> Visit:
            name = {"name": "Grace Hopper", "decision": "approve", "connection": "seen"}
            return self._record(request, CleanupForm.of(name))

    return handled_by(Page, asked)


@broken("K01")
def the_box_need_not_be_ticked(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _problems(self, form: CleanupForm, found: CleanupOffer) -> Problems:
            email = found.org.registration.salesforce_admin_email
            return form.problems(email, needs_confirmation=False)

    return handled_by(Page, asked)


@broken("K01")
def any_value_ticks_the_box(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _filled_in(self, fields: Mapping[str, str]) -> CleanupForm:
            form = super()._filled_in(fields)
            return replace(form, has_seen_connection=bool(fields.get("connection")))

    return handled_by(Page, asked)


@broken("K02")
def a_box_counts_that_was_not_shown(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _take(self, request: Request, form: CleanupForm, found: CleanupOffer) -> None:
            asking = replace(found.request, needs_confirmation=True)
            super()._take(request, form, replace(found, request=asking))

    return handled_by(Page, asked)


@broken("K03")
def links_for_other_purposes_are_taken(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _behind(self, link: str) -> CleanupOffer:
            claims = LinkClaims.parse(link.rpartition(".")[0])
            text = replace(claims, purpose=LinkPurpose.CLEANUP).text
            return super()._behind(f"{text}.{asked.signer.sign(text)}")

    return handled_by(Page, asked)


@broken("K04")
def only_the_request_itself_is_looked_at(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _state(self, found: CleanupOffer) -> CleanupState:
            pending = found.request.answer is None
            return CleanupState.OPEN if pending else super()._state(found)

    return handled_by(Page, asked)


@broken("S03")
def links_are_good_for_ever(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _state(self, found: CleanupOffer) -> CleanupState:
            long_ago = found.request.requested_at - timedelta(days=30)
            return state_at(found, long_ago)

    return handled_by(Page, asked)


@broken("K05")
def zooms_address_is_shown_in_full(asked: KeysAsked) -> Handler:
    class Page(CleanupPage):
        def _view(self, found: CleanupOffer) -> CleanupView:
            told = what_is_proven(found.migration.verifications)
            return replace(super()._view(found), proven=told)

    return handled_by(Page, asked)
