"""The page on which a Salesforce admin approves or declines an upgrade."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.web.approval_form import ApprovalForm, Problems
from zoom_migrator.adapters.web.approval_view import ApprovalView, status_at
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import read_form
from zoom_migrator.adapters.web.form_token import FormTokens
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.provenance import is_from_another_site
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import see_other
from zoom_migrator.domain.approval import Answer, AnswerChannel, ApprovalStatus
from zoom_migrator.domain.errors import ConcurrentModification, LinkRefused, NothingToApprove
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.ports import (
    Clock,
    LinkSigner,
    MigrationRepository,
    OrgRepository,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.answer_approval import (
    ApprovalRequest,
    answer_request,
    request_behind_link,
)

# Whoever else changes the migration is the state machine, which is done in a moment.
_TRIES: Final = 3
_STALE: Final = {
    "form": "This form was open for too long, or was not sent from this page. Check what you "
    "entered and send it again."
}
_SHOWN_WITH: Final = {
    ApprovalStatus.EXPIRED: HTTPStatus.GONE,
    ApprovalStatus.REVOKED: HTTPStatus.GONE,
    ApprovalStatus.SUPERSEDED: HTTPStatus.GONE,
}
_FORM_SHOWN_WITH: Final = {
    "form_shown": HTTPStatus.OK,
    "form_incomplete": HTTPStatus.UNPROCESSABLE_ENTITY,
    "other_site": HTTPStatus.FORBIDDEN,
    "no_good_token": HTTPStatus.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class ApprovalPorts:
    """What the approval page works with."""

    orgs: OrgRepository
    migrations: MigrationRepository
    signer: LinkSigner
    vault: TokenVault
    callback: TaskCallback
    clock: Clock


class ApprovalPage:
    """Shows a request for consent to whoever has its link, and takes the answer."""

    def __init__(self, ports: ApprovalPorts, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._tokens = FormTokens(ports.clock)

    def show(self, request: Request) -> Visit:
        """Show where the request for consent stands. Changes nothing, however often it is asked.

        Raises:
            Refusal: The link leads nowhere.
            StoreUnavailable: The store or the keys are not available.
        """
        found = self._find(request)
        if self._status(found) is ApprovalStatus.PENDING:
            return self._form(request, found, ApprovalForm(), {}, "form_shown")
        return self._closed(found, HTTPStatus.OK, "shown")

    def answer(self, request: Request) -> Visit:
        """Record the answer on a filled-in form, or show the form again with what is wrong.

        Raises:
            Refusal: The link leads nowhere, or what was sent is no form.
            TransientError: The store or the keys are not available.
        """
        form = ApprovalForm.of(read_form(request))
        found = self._find(request)
        if self._status(found) is not ApprovalStatus.PENDING:
            return self._closed(found, HTTPStatus.CONFLICT, "refused")
        if is_from_another_site(request):
            # What another site filled in is not shown as if the person had typed it.
            return self._form(request, found, ApprovalForm(), _STALE, "other_site")
        if not self._tokens.is_good(form.token, _link(request)):
            return self._form(request, found, form, _STALE, "no_good_token")
        problems = form.problems(found.org.registration.salesforce_admin_email)
        if problems:
            return self._form(request, found, form, problems, "form_incomplete")
        return self._record(request, form)

    def _record(self, request: Request, form: ApprovalForm) -> Visit:
        for _ in range(_TRIES):
            found = self._find(request)
            if self._status(found) is not ApprovalStatus.PENDING:
                return self._closed(found, HTTPStatus.CONFLICT, "refused")
            try:
                self._answer(found, self._answer_of(request, form, found))
            except (ConcurrentModification, NothingToApprove):
                continue
            # Relative, so that it holds under any domain and stage of the API.
            outcome = "approved" if form.is_approval else "declined"
            return Visit(see_other(_link(request)), outcome, _facts(found))
        raise ConcurrentModification("The migration keeps being changed by others.")

    def _answer(self, found: ApprovalRequest, answer: Answer) -> None:
        answer_request(
            found,
            answer,
            migrations=self._ports.migrations,
            vault=self._ports.vault,
            callback=self._ports.callback,
        )

    def _answer_of(self, request: Request, form: ApprovalForm, found: ApprovalRequest) -> Answer:
        return Answer(
            accepted=form.is_approval,
            at=self._ports.clock.now(),
            name=form.name,
            # As it is registered: how somebody happened to type it says nothing.
            email=found.org.registration.salesforce_admin_email,
            channel=AnswerChannel.PAGE,
            source=request.source,
            terms_version=found.approval.terms.version,
            security=SecurityType(form.security),
        )

    def _find(self, request: Request) -> ApprovalRequest:
        try:
            return request_behind_link(
                _link(request),
                orgs=self._ports.orgs,
                migrations=self._ports.migrations,
                signer=self._ports.signer,
            )
        except LinkRefused:
            # One answer for all links that lead nowhere: which of them it is helps nobody honest.
            raise Refusal(HTTPStatus.NOT_FOUND, "link_refused") from None

    def _status(self, found: ApprovalRequest) -> ApprovalStatus:
        return status_at(found.approval, self._ports.clock.now())

    def _form(
        self,
        request: Request,
        found: ApprovalRequest,
        form: ApprovalForm,
        problems: Problems,
        outcome: str,
    ) -> Visit:
        response = self._pages.page(
            "approval_form",
            status=_FORM_SHOWN_WITH[outcome],
            form_action="'self'",
            view=ApprovalView.of(found, self._ports.clock.now()),
            form=form,
            problems=problems,
            token=self._tokens.issue(_link(request)),
        )
        return Visit(response, outcome, _facts(found))

    def _closed(self, found: ApprovalRequest, otherwise: HTTPStatus, outcome: str) -> Visit:
        view = ApprovalView.of(found, self._ports.clock.now())
        response = self._pages.page(
            f"approval_{view.status}", status=_SHOWN_WITH.get(view.status, otherwise), view=view
        )
        return Visit(response, f"{outcome}_{view.status}", _facts(found))


def _link(request: Request) -> str:
    return request.path.get("link", "")


def _facts(found: ApprovalRequest) -> dict[str, str | int]:
    return {"org_id": found.org.org_id, "attempt": found.migration.attempt}
