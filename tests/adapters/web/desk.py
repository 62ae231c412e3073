"""The approval page over stores in memory, as a function of API Gateway's events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.approvals import Asked, a_waiting_migration, a_waiting_org
from tests.visits import ROUTE, Event, Page, a_form, a_visit
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.adapters.web.approval_page import ApprovalPage
from zoom_migrator.adapters.web.entrance import answer_event
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org

type Handler = Callable[[Event], dict[str, Any]]


@dataclass(frozen=True)
class Desk:
    """Where people answer.

    Attributes:
        handle: Answers an event as the function does.
    """

    asked: Asked
    handle: Handler

    @classmethod
    def asking(cls, migration: Migration | None = None, org: Org | None = None) -> Desk:
        """A desk at which an org's admin is asked for consent."""
        asked = Asked.in_memory()
        asked.ask(migration or a_waiting_migration(), org or a_waiting_org())
        return cls(asked, handler_of(ApprovalPage(ports_of(asked), Pages())))

    @property
    def link(self) -> str:
        """The link that leads to the request."""
        return self.asked.link

    def send(self, event: Event) -> Page:
        """Send any request."""
        return Page.of(self.handle(event))

    def open(self) -> Page:
        """Open the link."""
        return self.send(a_visit(self.link))

    def fields(self, **changes: str) -> dict[str, str]:
        """The form, filled in well and approved."""
        return {
            "token": self.open().token,
            "security": "all_users",
            "terms": "accepted",
            "name": "Grace Hopper",
            "email": "salesforce.admin@acme.example",
            "decision": "approve",
        } | changes

    def submit(
        self,
        fields: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send the form."""
        return self.send(a_form(self.link, fields or self.fields(), headers=headers))


def handler_of(page: ApprovalPage) -> Handler:
    """A function whose only page this is."""
    routes = {ROUTE: {"GET": page.show, "POST": page.answer}}
    return lambda event: answer_event(event, routes=routes, reference="req-4711")


def ports_of(asked: Asked) -> AnswerPorts:
    """What the page works with."""
    return AnswerPorts(
        orgs=asked.orgs,
        migrations=asked.migrations,
        signer=asked.signer,
        vault=asked.vault,
        callback=asked.callback,
        clock=asked.clock,
    )
