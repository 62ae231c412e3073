"""The page on which a Salesforce admin approves or declines an upgrade."""

from __future__ import annotations

from collections.abc import Mapping

from zoom_migrator.adapters.web.answer_form import Problems
from zoom_migrator.adapters.web.answer_page import AnswerPage
from zoom_migrator.adapters.web.approval_form import ApprovalForm
from zoom_migrator.adapters.web.approval_view import ApprovalView, status_at
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.approval import Answer, AnswerChannel, ApprovalStatus
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.answer_approval import (
    ApprovalRequest,
    answer_request,
    request_behind_link,
)


class ApprovalPage(AnswerPage[ApprovalRequest, ApprovalForm]):
    """Shows a request for consent to whoever has its link, and takes the answer."""

    kind = "approval"
    open_state = ApprovalStatus.PENDING
    gone = frozenset({ApprovalStatus.EXPIRED, ApprovalStatus.REVOKED, ApprovalStatus.SUPERSEDED})

    def _behind(self, link: str) -> ApprovalRequest:
        return request_behind_link(
            link,
            orgs=self._ports.orgs,
            migrations=self._ports.migrations,
            signer=self._ports.signer,
        )

    def _state(self, found: ApprovalRequest) -> ApprovalStatus:
        return status_at(found.approval, self._ports.clock.now())

    def _filled_in(self, fields: Mapping[str, str]) -> ApprovalForm:
        return ApprovalForm.of(fields)

    def _problems(self, form: ApprovalForm, found: ApprovalRequest) -> Problems:
        return form.problems(found.org.registration.salesforce_admin_email)

    def _take(self, request: Request, form: ApprovalForm, found: ApprovalRequest) -> None:
        answer = Answer(
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
        answer_request(
            found,
            answer,
            migrations=self._ports.migrations,
            vault=self._ports.vault,
            callback=self._ports.callback,
        )

    def _view(self, found: ApprovalRequest) -> ApprovalView:
        return ApprovalView.of(found, self._ports.clock.now())
