"""Hostile and broken requests that only the page about the old keys can get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from tests.adapters.web.keys_desk import KeysDesk
from tests.authorizations import ZOOM_ADMIN
from tests.functions.answer_cases import CASES as CASES_OF_ALL
from tests.functions.answer_cases import HOSTILE, World, entering, is_only_text, places_of
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose
from zoom_migrator.domain.status import OrgStatus


class CleanupWorld(World, Protocol):
    """Somewhere the page about the old keys stands."""

    def ask(
        self,
        *,
        lifetime: timedelta = timedelta(days=14),
        registration: OrgRegistration | None = None,
        needs_confirmation: bool = True,
        zoom_email: str = ZOOM_ADMIN,
    ) -> KeysDesk:
        """Have an org's admin asked about the old keys.

        Args:
            zoom_email: Whom Zoom said the grant belongs to.
        """


type Case = Callable[[CleanupWorld], None]

CASES: Final[dict[str, Case]] = {**CASES_OF_ALL}

case = entering(CASES)


@case("K01")
def keys_are_given_up_by_nobody_who_has_not_looked(world: CleanupWorld) -> None:
    desk = world.ask()
    fields = desk.fields()

    for said in ("", "on", "true", "1", "SEEN", " seen", "seen "):
        page = desk.submit(fields | {"connection": said})
        assert page.status == 422
        assert "connection-error" in page.html
    del fields["connection"]
    assert desk.submit(fields).status == 422
    assert desk.asked.is_pending


@case("K02")
def nobody_is_recorded_to_have_looked_who_was_not_asked(world: CleanupWorld) -> None:
    desk = world.ask(needs_confirmation=False)

    assert desk.submit(desk.fields(connection="seen")).status == 303

    answer = desk.asked.question.answer
    assert answer is not None
    assert answer.connection_seen is False


@case("K03")
def a_link_for_another_purpose_answers_nothing(world: CleanupWorld) -> None:
    desk = world.ask()
    asked, fields = desk.asked, desk.fields()

    for purpose in set(LinkPurpose) - {LinkPurpose.CLEANUP}:
        claims = LinkClaims(
            purpose, asked.org_id, 1, asked.question_id, asked.question.expires_at
        ).text
        link = f"{claims}.{asked.signer.sign(claims)}"
        assert desk.visit(link).status == 404
        assert desk.send(desk.a_form(fields, link)).status == 404
    assert asked.is_pending


@case("K04 A09")
def an_org_without_authorization_gives_up_no_keys(world: CleanupWorld) -> None:
    for status in (OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED):
        desk = world.ask()
        fields = desk.fields()
        desk.asked.orgs.save(replace(desk.asked.org, status=status))

        for page in (desk.open(), desk.submit(fields)):
            assert (page.status, page.heading) == (410, "This question has to wait")
        assert desk.asked.is_pending


@case("K04")
def a_migration_that_went_back_takes_no_answer(world: CleanupWorld) -> None:
    desk = world.ask()
    fields = desk.fields()
    back = replace(desk.asked.migration, step=MigrationStep.AWAITING_AUTHORIZATION)
    desk.asked.migrations.save(back)

    assert desk.submit(fields).status == 410
    assert desk.asked.is_pending


@case("K05")
def addresses_are_not_told_to_whoever_has_the_link(world: CleanupWorld) -> None:
    desk = world.ask()
    email = desk.asked.org.registration.salesforce_admin_email
    pages = [desk.open(), desk.submit(desk.fields(email="wrong@acme.example"))]
    desk.submit()
    pages.append(desk.open())

    for page in pages:
        assert page.html
        assert email not in page.html
        assert ZOOM_ADMIN not in page.html


@case("A06")
def what_zoom_said_is_text(world: CleanupWorld) -> None:
    for text in HOSTILE:
        is_only_text(world.ask(zoom_email=f"x@{text}").open(), text)


@case("C18")
def a_box_with_another_value_is_not_shown(world: CleanupWorld) -> None:
    desk = world.ask()

    for text in HOSTILE:
        page = desk.submit(desk.fields(connection=text))
        assert page.status == 422
        assert places_of("canary-7", page) == set()
