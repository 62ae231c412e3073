"""Pages on which people answer, over stores in memory, as functions of API Gateway's events."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.approvals import Asked, a_waiting_migration, a_waiting_org
from tests.questions import Questioned
from tests.visits import ROUTE, Event, Page, a_form, a_visit
from zoom_migrator.adapters.web.answer_form import AnswerForm
from zoom_migrator.adapters.web.answer_page import AnswerPage
from zoom_migrator.adapters.web.answer_page import Asked as Found
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.adapters.web.approval_page import ApprovalPage
from zoom_migrator.adapters.web.entrance import answer_event
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org

type Handler = Callable[[Event], dict[str, Any]]


@dataclass(frozen=True)
class AnswerDesk[Asking: Questioned](ABC):
    """Where people answer a question.

    Attributes:
        route: Where the page stands.
        purpose: What its links begin with.
        approved: Heading of the page after an approval.
        asked: What they are asked.
        handle: Answers an event as the function does.
    """

    route: ClassVar[str]
    purpose: ClassVar[str]
    approved: ClassVar[str]

    asked: Asking
    handle: Handler

    @abstractmethod
    def filled_in(self) -> dict[str, str]:
        """The form, filled in well and approved, without its token."""

    @property
    def link(self) -> str:
        """The link that leads to the question."""
        return self.asked.link

    def send(self, event: Event) -> Page:
        """Send any request."""
        return Page.of(self.handle(event))

    def visit(self, link: str | None = None, **how: Any) -> Page:
        """Send a request to the page behind a link."""
        return self.send(self.a_visit(link, **how))

    def a_visit(self, link: str | None = None, **how: Any) -> Event:
        """A request to the page behind a link."""
        return a_visit(self.link if link is None else link, resource=self.route, **how)

    def a_form(self, fields: Mapping[str, str], link: str | None = None, **how: Any) -> Event:
        """A filled-in form, as a browser sends it from the page behind a link."""
        link = self.link if link is None else link
        return a_form(link, fields, resource=self.route, **how)

    def open(self) -> Page:
        """Open the link."""
        return self.visit()

    def fields(self, **changes: str) -> dict[str, str]:
        """The form, filled in well and approved."""
        return {"token": self.open().token, **self.filled_in(), **changes}

    def submit(
        self,
        fields: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send the form."""
        return self.send(self.a_form(fields or self.fields(), headers=headers))


@dataclass(frozen=True)
class Desk(AnswerDesk[Asked]):
    """Where people say whether the package may be upgraded."""

    route = ROUTE
    purpose = "upgrade"
    approved = "✓ The upgrade is approved"

    @classmethod
    def asking(cls, migration: Migration | None = None, org: Org | None = None) -> Desk:
        """A desk at which an org's admin is asked for consent."""
        asked = Asked.in_memory()
        asked.ask(migration or a_waiting_migration(), org or a_waiting_org())
        return cls(asked, handler_of(ApprovalPage(ports_of(asked), Pages()), ROUTE))

    def filled_in(self) -> dict[str, str]:
        """See the base."""
        return {
            "security": "all_users",
            "terms": "accepted",
            "name": "Grace Hopper",
            "email": "salesforce.admin@acme.example",
            "decision": "approve",
        }


def handler_of[F: Found, A: AnswerForm](page: AnswerPage[F, A], route: str = ROUTE) -> Handler:
    """A function whose only page this is."""
    routes = {route: {"GET": page.show, "POST": page.answer}}
    return lambda event: answer_event(event, routes=routes, reference="req-4711")


def ports_of(asked: Questioned) -> AnswerPorts:
    """What the page works with."""
    return AnswerPorts(
        orgs=asked.orgs,
        migrations=asked.migrations,
        signer=asked.signer,
        vault=asked.vault,
        callback=asked.callback,
        clock=asked.clock,
    )
