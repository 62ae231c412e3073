"""Hostile and broken requests that only the approval page can get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from tests.adapters.web.desk import Desk
from tests.builders import a_finding
from tests.functions.answer_cases import CASES as CASES_OF_ALL
from tests.functions.answer_cases import HOSTILE, World, entering, is_only_text, places_of
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.upgrade import SecurityType


class ApprovalWorld(World, Protocol):
    """Somewhere the approval page stands."""

    def ask(
        self,
        *,
        lifetime: timedelta = timedelta(days=14),
        registration: OrgRegistration | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Desk:
        """Have an org's admin asked for consent."""


type Case = Callable[[ApprovalWorld], None]

CASES: Final[dict[str, Case]] = {**CASES_OF_ALL}

case = entering(CASES)


@case("A01")
def whom_it_is_installed_for_is_recorded(world: ApprovalWorld) -> None:
    desk = world.ask()

    desk.submit(desk.fields(security="admins_only"))

    answer = desk.asked.approval.answer
    assert answer is not None
    assert (answer.accepted, answer.security) == (True, SecurityType.ADMINS_ONLY)


@case("A06")
def messages_of_the_preflight_are_text(world: ApprovalWorld) -> None:
    for text in HOSTILE:
        finding = replace(a_finding(), message=text, remedy=text)
        is_only_text(world.ask(findings=(finding,)).open(), text)


@case("C18")
def a_choice_that_is_none_is_not_shown(world: ApprovalWorld) -> None:
    desk = world.ask()

    for text in HOSTILE:
        page = desk.submit(desk.fields(security=text, email="wrong"))
        assert page.status == 422
        assert places_of("canary-7", page) == set()
