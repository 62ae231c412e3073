"""The page that tells how an authorization came out, to the browser it was begun in."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.web.authorize_cookie import browser_of, cookie_of, cookies_of
from zoom_migrator.adapters.web.authorize_page import facts_of
from zoom_migrator.adapters.web.authorize_reference import ResultReference
from zoom_migrator.adapters.web.authorize_view import OfferState, ResultView, state_at
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.authorization import AttemptStatus, AuthorizationAttempt
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.errors import LinkRefused
from zoom_migrator.domain.signed_link import LinkClaims, split_link
from zoom_migrator.oauth_ports import AttemptRepository
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.authorization_attempt import Completion, find_result
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer

_GONE: Final = (Outcome.LINK_EXPIRED, Outcome.STATE_EXPIRED)
# From /oauth/done/REFERENCE; relative, so that it holds under any domain and stage of the API.
_START: Final = "../../authorize/"


@dataclass(frozen=True, slots=True)
class ResultPorts:
    """What the page works with; all of it is only read."""

    orgs: OrgRepository
    migrations: MigrationRepository
    attempts: AttemptRepository
    clock: Clock


class ResultPage:
    """Tells how an attempt came out, as often as it is loaded."""

    def __init__(self, ports: ResultPorts, pages: Pages, settings: AuthorizationSettings) -> None:
        self._ports = ports
        self._pages = pages
        self._settings = settings

    def show(self, request: Request) -> Visit:
        """Tell how it came out; one page for everybody who cannot be told.

        Raises:
            StoreUnavailable: The store is not available.
        """
        reference = ResultReference.parse(request.path.get("reference", ""))
        if reference is None:
            return self._nothing_to_tell(Outcome.MALFORMED)
        cookies = cookies_of(request)
        completion = find_result(
            reference.key,
            browser_of(cookies),
            orgs=self._ports.orgs,
            migrations=self._ports.migrations,
            attempts=self._ports.attempts,
            clock=self._ports.clock,
            settings=self._settings,
        )
        attempt, cookie = completion.attempt, cookie_of(cookies, reference.key)
        if attempt is None or cookie is None:
            return self._nothing_to_tell(completion.outcome)
        return self._tell(completion, attempt, reference, cookie.link)

    def _tell(
        self,
        completion: Completion,
        attempt: AuthorizationAttempt,
        reference: ResultReference,
        link: str,
    ) -> Visit:
        offer, now = completion.offer, self._ports.clock.now()
        outcome = self._outcome(completion, attempt, reference)
        is_open = self._closed(attempt, offer) is None
        again = _START + link if is_open and _is_of(link, attempt) else ""
        response = self._pages.page(
            f"outcome_{outcome}",
            status=HTTPStatus.GONE if outcome in _GONE else HTTPStatus.OK,
            view=ResultView.of(attempt, offer, now, again=again),
        )
        facts = facts_of(offer) if offer is not None else {}
        return Visit(response, f"shown_{outcome}", facts)

    def _outcome(
        self, completion: Completion, attempt: AuthorizationAttempt, reference: ResultReference
    ) -> Outcome:
        """What to tell: what the store says, and where it says nothing, why that is so."""
        found, said = completion.outcome, reference.said
        if found is Outcome.CONNECTED and said is Outcome.ALREADY_DONE:
            return said
        if attempt.status is not AttemptStatus.ISSUED:
            return found
        closed = self._closed(attempt, completion.offer)
        if closed is not None:
            return closed
        if found is Outcome.IN_PROGRESS and said is Outcome.OUR_MISCONFIGURATION:
            return said
        return found

    def _closed(
        self, attempt: AuthorizationAttempt, offer: AuthorizationOffer | None
    ) -> Outcome | None:
        """Why an attempt does not count any more, or another one for the same request; or None."""
        if offer is None or offer.request.request_id != attempt.request_id:
            return Outcome.LINK_EXPIRED
        state = state_at(offer, self._ports.clock.now())
        if state is OfferState.CONNECTED:
            return Outcome.ALREADY_DONE
        return None if state is OfferState.OPEN else Outcome.LINK_EXPIRED

    def _nothing_to_tell(self, outcome: Outcome) -> Visit:
        response = self._pages.page("outcome_untold", status=HTTPStatus.NOT_FOUND)
        return Visit(response, f"untold_{outcome}")


def _is_of(link: str, attempt: AuthorizationAttempt) -> bool:
    """Whether a link leads to what the attempt was about; its signature is the start page's."""
    try:
        claims = LinkClaims.parse(split_link(link)[0])
    except LinkRefused:
        return False
    return (claims.org_id, claims.subject) == (attempt.org_id, attempt.request_id)
