"""The page on which a Zoom admin starts the authorization of an org."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.adapters.web.authorize_cookie import AttemptCookie, beginning, cookies_of
from zoom_migrator.adapters.web.authorize_form import LABELS, AuthorizeForm
from zoom_migrator.adapters.web.authorize_view import AuthorizeView, OfferState, state_at
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import read_form
from zoom_migrator.adapters.web.form_token import FormTokens
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.provenance import is_from_another_site
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import see_other
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.errors import LinkRefused, LinkReplaced
from zoom_migrator.domain.silence import SILENT_REFUSALS
from zoom_migrator.oauth_ports import AttemptRepository, SecretValues, ZoomGateway
from zoom_migrator.ports import Clock, LinkSigner, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, offer_behind_link
from zoom_migrator.use_cases.start_authorization import StartedAuthorization, start_authorization

_STALE: Final = {
    "form": "This form was open for too long, or was not sent from this page. Check what you "
    "picked and press the button again."
}
_FORM_SHOWN_WITH: Final = {
    "form_shown": HTTPStatus.OK,
    "form_incomplete": HTTPStatus.UNPROCESSABLE_ENTITY,
    "other_site": HTTPStatus.FORBIDDEN,
    "no_good_token": HTTPStatus.FORBIDDEN,
}
_NAMED_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]+")


@dataclass(frozen=True, slots=True)
class StartPorts:
    """What the start page works with."""

    orgs: OrgRepository
    migrations: MigrationRepository
    attempts: AttemptRepository
    signer: LinkSigner
    zoom: ZoomGateway
    secrets: SecretValues
    clock: Clock


class StartPage:
    """Shows what is asked to whoever has the link, and sends them on to Zoom."""

    def __init__(self, ports: StartPorts, pages: Pages, settings: AuthorizationSettings) -> None:
        self._ports = ports
        self._pages = pages
        self._settings = settings
        self._tokens = FormTokens(ports.clock)
        self._form_action = f"'self' {ways_to(settings.authorize_url)}"

    def show(self, request: Request) -> Visit:
        """Show what is asked. Changes nothing, however often it is asked.

        Raises:
            Refusal: The link leads nowhere.
            StoreUnavailable: The store or the keys are not available.
        """
        found = self._find(request)
        if isinstance(found, Visit):
            return found
        form = AuthorizeForm(products=found.request.products)
        return self._form(request, found, form, {}, "form_shown")

    def begin(self, request: Request) -> Visit:
        """Begin an attempt and send the browser to Zoom, or show the form again.

        Raises:
            Refusal: The link leads nowhere, or what was sent is no form.
            TransientError: The store, the keys or the secret are not available.
        """
        form = AuthorizeForm.of(read_form(request))
        found = self._find(request)
        if isinstance(found, Visit):
            return found
        if is_from_another_site(request):
            # What another site picked is not shown as if the person had.
            proposed = AuthorizeForm(products=found.request.products)
            return self._form(request, found, proposed, _STALE, "other_site")
        if not self._tokens.is_good(form.token, _link(request)):
            return self._form(request, found, form, _STALE, "no_good_token")
        problems = form.problems()
        if problems:
            return self._form(request, found, form, problems, "form_incomplete")
        return self._begin(request, found, form)

    def _begin(self, request: Request, found: AuthorizationOffer, form: AuthorizeForm) -> Visit:
        started = start_authorization(
            found,
            form.products,
            attempts=self._ports.attempts,
            zoom=self._ports.zoom,
            secrets=self._ports.secrets,
            clock=self._ports.clock,
            settings=self._settings,
        )
        if not isinstance(started, StartedAuthorization):
            return self._not_started(found, started)
        cookie = AttemptCookie(started.attempt.state_hash, started.browser_secret, _link(request))
        cookies = beginning(cookie, started.cookie_seconds, kept=cookies_of(request))
        return Visit(see_other(started.address, cookies=cookies), "begun", facts_of(found))

    def _not_started(self, found: AuthorizationOffer, outcome: Outcome) -> Visit:
        if outcome is not Outcome.OUR_MISCONFIGURATION:
            return self._closed(found)
        response = self._pages.page(
            "authorize_unconfigured", status=HTTPStatus.SERVICE_UNAVAILABLE, view=self._view(found)
        )
        return Visit(response, outcome, facts_of(found))

    def _find(self, request: Request) -> AuthorizationOffer | Visit:
        """What the link leads to, or the page that says that nobody waits for it any more."""
        try:
            found = offer_behind_link(
                _link(request),
                orgs=self._ports.orgs,
                migrations=self._ports.migrations,
                signer=self._ports.signer,
            )
        except LinkReplaced:
            response = self._pages.page("authorize_replaced", status=HTTPStatus.GONE)
            return Visit(response, "link_replaced")
        except LinkRefused:
            # One answer for all links that lead nowhere: which of them it is helps nobody honest.
            raise Refusal(HTTPStatus.NOT_FOUND, "link_refused") from None
        is_open = state_at(found, self._ports.clock.now()) is OfferState.OPEN
        return found if is_open else self._closed(found)

    def _closed(self, found: AuthorizationOffer) -> Visit:
        view = self._view(found)
        # Between the look at the request and the button its time may have run out.
        state = OfferState.CLOSED if view.state is OfferState.OPEN else view.state
        response = self._pages.page(f"authorize_{state}", status=HTTPStatus.GONE, view=view)
        return Visit(response, f"shown_{state}", facts_of(found))

    def _form(
        self,
        request: Request,
        found: AuthorizationOffer,
        form: AuthorizeForm,
        problems: Mapping[str, str],
        outcome: str,
    ) -> Visit:
        response = self._pages.page(
            "authorize_form",
            status=_FORM_SHOWN_WITH[outcome],
            form_action=self._form_action,
            view=self._view(found),
            form=form,
            labels=LABELS,
            problems=problems,
            obstacles=SILENT_REFUSALS,
            token=self._tokens.issue(_link(request)),
        )
        return Visit(response, outcome, facts_of(found))

    def _view(self, found: AuthorizationOffer) -> AuthorizeView:
        return AuthorizeView.of(found, self._ports.clock.now())


def ways_to(authorize_url: str) -> str:
    """Where a form may lead that ends at Zoom's page for consent, as a content policy says it.

    Browsers hold every redirect on the way to it. Zoom's address leads on to others of its hosts,
    such as that of its Marketplace, so these are named as well.
    """
    parts = urlsplit(authorize_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme == "https" and _NAMED_HOST.fullmatch(parts.hostname or ""):
        return f"{origin} https://*.{parts.netloc}"
    return origin


def facts_of(offer: AuthorizationOffer) -> dict[str, str | int]:
    """Whom a visit was about, for the log."""
    return {"org_id": offer.org.org_id, "attempt": offer.migration.attempt}


def _link(request: Request) -> str:
    return request.path.get("link", "")
