"""The page on which a reader of reminders ends them, and where a mailbox does it for them.

Sources: RFC 8058, "Signaling One-Click Functionality for List Email Headers": a POST whose body
says nothing new, without cookies, that is not to be answered by a redirect.
"""

from __future__ import annotations

from http import HTTPStatus

from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import FORM_LIMIT_BYTES
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.errors import LinkRefused
from zoom_migrator.ports import LinkSigner
from zoom_migrator.use_cases.mute_notices import (
    MuteOffer,
    MutePorts,
    follow_mute_link,
    mute_behind_link,
)


class MutePage:
    """Shows what a link ends, and ends it.

    The link alone is what proves that somebody may: whoever could make a browser send its form
    has it, and could send it themselves.
    """

    def __init__(self, ports: MutePorts, signer: LinkSigner, pages: Pages) -> None:
        self._ports = ports
        self._signer = signer
        self._pages = pages

    def show(self, request: Request) -> Visit:
        """Show what the link ends. Changes nothing, however often it is asked.

        Raises:
            Refusal: The link leads nowhere.
            StoreUnavailable: The store or the key is out of reach.
        """
        try:
            offer = mute_behind_link(_link(request), ports=self._ports, signer=self._signer)
        except LinkRefused:
            raise _nowhere() from None
        form = self._pages.page("mute_form", form_action="'self'", offer=offer)
        return Visit(form, "shown", _facts(offer))

    def end(self, request: Request) -> Visit:
        """End reminders, whatever is in the body: a form of ours, or what a mailbox sends.

        Raises:
            Refusal: The link leads nowhere, or the body is longer than any of these.
            TransientError: The store or the key is out of reach.
        """
        request.body(FORM_LIMIT_BYTES)
        try:
            offer = follow_mute_link(_link(request), ports=self._ports, signer=self._signer)
        except LinkRefused:
            raise _nowhere() from None
        return Visit(self._pages.page("mute_done", offer=offer), "muted", _facts(offer))


def _link(request: Request) -> str:
    return request.path.get("link", "")


def _nowhere() -> Refusal:
    # One answer for all links that lead nowhere: which of them it is helps nobody honest.
    return Refusal(HTTPStatus.NOT_FOUND, "link_refused")


def _facts(offer: MuteOffer) -> dict[str, str | int]:
    return {"org_id": offer.org.org_id}
