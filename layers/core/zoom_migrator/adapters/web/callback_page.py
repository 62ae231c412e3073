"""Where Zoom sends the browser back to, with a code, an error, or anything at all."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.web.authorize_cookie import browser_of, cookie_of, cookies_of
from zoom_migrator.adapters.web.authorize_reference import ResultReference
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import Response, see_other
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.callback import read_callback
from zoom_migrator.use_cases.authorization_attempt import Completion
from zoom_migrator.use_cases.complete_authorization import complete_authorization
from zoom_migrator.use_cases.redeem_consent import CallbackPorts

if TYPE_CHECKING:
    from zoom_migrator.adapters.web.pages import Pages

_TEMPLATES: Final = {
    Outcome.MALFORMED: "callback_malformed",
    Outcome.MARKETPLACE_INITIATED: "callback_marketplace",
}
# Relative, so that it holds under any domain and stage of the API.
_DONE: Final = "done/"


class CallbackPage:
    """Takes what comes back from Zoom, and sends the browser on to a page without it."""

    def __init__(
        self, ports: CallbackPorts, settings: AuthorizationSettings, pages: Callable[[], Pages]
    ) -> None:
        """Take what is needed.

        Args:
            pages: Called with the first page; an answer that is taken needs none.
        """
        self._ports = ports
        self._settings = settings
        self._pages = pages

    def take(self, request: Request) -> Visit:
        """Take an answer of Zoom's, at most once.

        Raises:
            StoreUnavailable: A store is out of reach and nothing has been used up; loading the
                page again brings the same answer again.
        """
        if request.method == "HEAD":
            return Visit(Response(HTTPStatus.OK), "looked_at")
        cookies = cookies_of(request)
        completion = complete_authorization(
            read_callback(request.query, issuer=self._settings.issuer),
            browser_of(cookies),
            ports=self._ports,
            settings=self._settings,
        )
        attempt = completion.attempt
        cookie = cookie_of(cookies, attempt.state_hash) if attempt is not None else None
        if cookie is None or completion.outcome is Outcome.STATE_EXPIRED:
            return self._refused(completion, has_cookies=bool(cookies))
        reference = ResultReference.to(cookie.key, completion.outcome)
        # Kept from now on, so that the page can be loaded again.
        response = see_other(f"{_DONE}{reference}", cookies=(cookie.lasting(),))
        return Visit(response, completion.outcome, _facts(completion))

    def _refused(self, completion: Completion, *, has_cookies: bool) -> Visit:
        """One page for whatever cannot be taken.

        Which page it is depends on the request alone, so that nobody learns from it whether a
        state is known, out of date, or somebody else's.
        """
        otherwise = "callback_unknown" if has_cookies else "callback_without_cookie"
        template = _TEMPLATES.get(completion.outcome, otherwise)
        response = self._pages().page(template, status=HTTPStatus.BAD_REQUEST)
        return Visit(response, completion.outcome, _facts(completion))


def _facts(completion: Completion) -> dict[str, str | int]:
    attempt = completion.attempt
    if attempt is None:
        return {}
    return {"org_id": attempt.org_id, "attempt": attempt.attempt}
