"""The pages on which a reader of reminders ends them, and a page of each template they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tests.builders import NOW, a_registration, an_org
from tests.visits import Page, a_visit
from zoom_migrator.adapters.memory.notices import InMemoryContactRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.entrance import answer_event
from zoom_migrator.adapters.web.mute_page import MutePage
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint
from zoom_migrator.use_cases.mute_notices import MutePorts

_ADMIN: Final = "admin@acme.example"
_ROUTE: Final = "/mute/{link}"


def mute_page(method: str, scope: MuteScope = MuteScope.ONE_ORG) -> Callable[[], Page]:
    """What somebody reads who has such a link."""

    def make() -> Page:
        orgs, signer, clock = InMemoryOrgRepository(), InMemoryLinkSigner(), SettableClock(NOW)
        org = orgs.save(an_org(registration=a_registration(salesforce_admin_email=_ADMIN)))
        expires = NOW + timedelta(days=90)
        claims = MuteClaims(scope, org.org_id, address_fingerprint(_ADMIN), expires).text
        page = MutePage(MutePorts(orgs, InMemoryContactRepository(), clock), signer, Pages())
        routes = {_ROUTE: {"GET": page.show, "POST": page.end}}
        event = a_visit(f"{claims}.{signer.sign(claims)}", method=method, resource=_ROUTE)
        return Page.of(answer_event(event, routes=routes, reference="req-4711"))

    return make


MUTE_PAGES: Final[dict[str, Callable[[], Page]]] = {
    "mute_form": mute_page("GET"),
    "mute_form, about all orgs": mute_page("GET", MuteScope.ALL_ORGS),
    "mute_done": mute_page("POST"),
    "mute_done, about all orgs": mute_page("POST", MuteScope.ALL_ORGS),
}
