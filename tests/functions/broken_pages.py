"""Approval pages that are broken on purpose, each in one way that happens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from jinja2 import Environment

from tests.adapters.web.desk import Handler, handler_of, ports_of
from tests.approvals import Asked
from tests.visits import FORM, Event
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.approval_form import ApprovalForm
from zoom_migrator.adapters.web.approval_page import ApprovalPage
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import read_form
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import see_other
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import MigrationRepository

type Make = Callable[[Asked], Handler]

BROKEN: Final[dict[str, tuple[str, Make]]] = {}


def healthy(asked: Asked) -> Handler:
    """The page as it is."""
    return handler_of(ApprovalPage(ports_of(asked), Pages()))


def broken(number: str) -> Callable[[Make], Make]:
    """Enter a page under what is wrong with it, with the id of the case that is about that."""

    def enter(make: Make) -> Make:
        BROKEN[make.__name__.replace("_", " ")] = (number, make)
        return make

    return enter


@broken("S01")
def opening_the_link_approves(asked: Asked) -> Handler:
    class Page(ApprovalPage):
        def show(self, request: Request) -> Visit:
            form = ApprovalForm(name="Nobody", email="nobody@acme.example", decision="approve")
            return self._record(request, form)

    return handler_of(Page(ports_of(asked), Pages()))


@broken("S01")
def a_form_sent_with_get_is_taken(asked: Asked) -> Handler:
    handle = healthy(asked)

    def taken(event: Event) -> dict[str, Any]:
        return handle(event | {"httpMethod": "POST"} if event["body"] else event)

    return taken


@broken("S02")
def the_token_of_the_form_is_not_asked_for(asked: Asked) -> Handler:
    class Page(ApprovalPage):
        def answer(self, request: Request) -> Visit:
            return self._record(request, ApprovalForm.of(read_form(request)))

    return handler_of(Page(ports_of(asked), Pages()))


@broken("S02")
def any_site_may_send_the_form(asked: Asked) -> Handler:
    return without_headers(healthy(asked), "Sec-Fetch-Site", "Origin")


@broken("C27")
def guesses_of_browsers_are_taken_for_people(asked: Asked) -> Handler:
    return without_headers(healthy(asked), "Sec-Purpose", "Purpose", "X-Moz")


@broken("X01")
def methods_can_be_overridden(asked: Asked) -> Handler:
    handle = healthy(asked)

    def overridden(event: Event) -> dict[str, Any]:
        method = event["headers"].get("X-HTTP-Method-Override", event["httpMethod"])
        return handle(event | {"httpMethod": method})

    return overridden


@broken("C09")
def two_answers_at_once_are_both_recorded(asked: Asked) -> Handler:
    ports = replace(ports_of(asked), migrations=WithoutLock(asked.migrations))
    return handler_of(ApprovalPage(ports, Pages()))


@broken("C14")
def signatures_are_not_checked(asked: Asked) -> Handler:
    class Signer:
        def sign(self, claims: str) -> str:
            return asked.signer.sign(claims)

        def is_genuine(self, claims: str, signature: str) -> bool:
            return True

    return handler_of(ApprovalPage(replace(ports_of(asked), signer=Signer()), Pages()))


@broken("S03")
def links_are_good_for_ever(asked: Asked) -> Handler:
    clock = SettableClock(asked.approval.requested_at)
    asked.migrations.save(
        replace(
            asked.migration,
            approval=replace(
                asked.approval, expires_at=asked.approval.expires_at.replace(year=2099)
            ),
        )
    )
    return handler_of(ApprovalPage(replace(ports_of(asked), clock=clock), Pages()))


@broken("A06")
def values_are_not_escaped(asked: Asked) -> Handler:
    class Unescaped(Pages):
        def environment(self) -> Environment:
            environment = super().environment()
            environment.autoescape = False
            return environment

    return handler_of(ApprovalPage(ports_of(asked), Unescaped()))


@broken("A06")
def what_turns_text_around_is_shown(asked: Asked) -> Handler:
    class Unfiltered(Pages):
        def environment(self) -> Environment:
            environment = super().environment()
            environment.finalize = None
            return environment

    return handler_of(ApprovalPage(ports_of(asked), Unfiltered()))


@broken("C28")
def wishes_for_another_address_are_granted(asked: Asked) -> Handler:
    def page(event: Event, answer: dict[str, Any]) -> None:
        wish = (event["queryStringParameters"] or {}).get("next")
        if wish and answer["statusCode"] == HTTPStatus.SEE_OTHER:
            answer["multiValueHeaders"]["Location"] = [wish]

    return changed(healthy(asked), page)


@broken("C18")
def errors_say_what_was_asked_for(asked: Asked) -> Handler:
    def page(event: Event, answer: dict[str, Any]) -> None:
        if answer["statusCode"] == HTTPStatus.NOT_FOUND:
            answer["body"] += f"<!-- {event['pathParameters']['link']} -->"

    return changed(healthy(asked), page)


@broken("C30")
def errors_have_no_policy(asked: Asked) -> Handler:
    def page(_event: Event, answer: dict[str, Any]) -> None:
        if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
            del answer["multiValueHeaders"]["Content-Security-Policy"]

    return changed(healthy(asked), page)


@broken("C30")
def pages_may_be_kept(asked: Asked) -> Handler:
    def page(_event: Event, answer: dict[str, Any]) -> None:
        answer["multiValueHeaders"]["Cache-Control"] = ["private"]

    return changed(healthy(asked), page)


@broken("C25")
def head_brings_the_page(asked: Asked) -> Handler:
    handle = healthy(asked)
    return lambda event: handle(
        event | {"httpMethod": "GET" if event["httpMethod"] == "HEAD" else event["httpMethod"]}
    )


@broken("A12")
def requests_are_logged_as_they_come(asked: Asked) -> Handler:
    handle, log = healthy(asked), logging.getLogger("zoom_migrator.broken")

    def logged(event: Event) -> dict[str, Any]:
        log.info("request", extra={"path": event["path"], "body": event["body"]})
        return handle(event)

    return logged


@broken("C08")
def a_second_answer_is_thanked_for_like_the_first(asked: Asked) -> Handler:
    class Page(ApprovalPage):
        def answer(self, request: Request) -> Visit:
            visit = super().answer(request)
            if visit.response.status is HTTPStatus.CONFLICT:
                return Visit(see_other(request.path["link"]), visit.outcome, visit.facts)
            return visit

    return handler_of(Page(ports_of(asked), Pages()))


@broken("X02")
def anything_is_read_as_a_form(asked: Asked) -> Handler:
    handle = healthy(asked)

    def read(event: Event) -> dict[str, Any]:
        headers = {**event["multiValueHeaders"], "Content-Type": [FORM]}
        return handle(event | {"multiValueHeaders": headers})

    return read


def without_headers(handle: Handler, *names: str) -> Handler:
    """A page that does not see these headers."""

    def blind(event: Event) -> dict[str, Any]:
        kept = {
            name: each for name, each in event["multiValueHeaders"].items() if name not in names
        }
        return handle(event | {"multiValueHeaders": kept})

    return blind


def changed(handle: Handler, change: Callable[[Event, dict[str, Any]], None]) -> Handler:
    """A page whose answers are changed on their way."""

    def answer(event: Event) -> dict[str, Any]:
        answered = handle(event)
        change(event, answered)
        return answered

    return answer


class WithoutLock:
    """Migrations that are stored whatever is stored there by now, two at a time."""

    def __init__(self, migrations: MigrationRepository) -> None:
        self._migrations = migrations
        self._both_have_read = threading.Barrier(2, timeout=1)

    def get(self, org_id: str, attempt: int) -> Migration | None:
        return self._migrations.get(org_id, attempt)

    def list_of(self, org_id: str, *, limit: int) -> list[Migration]:
        return self._migrations.list_of(org_id, limit=limit)

    def save(
        self,
        migration: Migration,
        *,
        org: Org | None = None,
        audit: Sequence[AuditEntry] = (),
        notices: Sequence[Notice] = (),
    ) -> Migration:
        with suppress(threading.BrokenBarrierError):
            self._both_have_read.wait()
        stored = self._migrations.get(migration.org_id, migration.attempt)
        revision = stored.revision if stored else 0
        current = replace(migration, revision=revision)
        return self._migrations.save(current, org=org, audit=audit, notices=notices)

    def notices(self, org_id: str, *, limit: int) -> list[Notice]:
        return self._migrations.notices(org_id, limit=limit)
