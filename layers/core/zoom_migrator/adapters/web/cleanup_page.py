"""The page on which a Salesforce admin approves or declines that the old keys are removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from zoom_migrator.adapters.web.answer_form import Problems
from zoom_migrator.adapters.web.answer_page import AnswerPage
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.adapters.web.cleanup_form import CleanupForm
from zoom_migrator.adapters.web.cleanup_view import CleanupState, CleanupView, state_at
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer
from zoom_migrator.use_cases.answer_cleanup import (
    CleanupOffer,
    answer_cleanup,
    cleanup_behind_link,
)


class CleanupPage(AnswerPage[CleanupOffer, CleanupForm]):
    """Shows a request to remove the old keys to whoever has its link, and takes the answer."""

    kind = "cleanup"
    open_state = CleanupState.OPEN
    gone = frozenset({CleanupState.EXPIRED, CleanupState.LOST, CleanupState.CLOSED})

    def __init__(self, ports: AnswerPorts, pages: Pages, jwt_deadline: date) -> None:
        """Build the page.

        Args:
            jwt_deadline: The day JWT ends for orgs that have no day of their own.
        """
        super().__init__(ports, pages)
        self._jwt_deadline = jwt_deadline

    def _behind(self, link: str) -> CleanupOffer:
        return cleanup_behind_link(
            link,
            orgs=self._ports.orgs,
            migrations=self._ports.migrations,
            signer=self._ports.signer,
        )

    def _state(self, found: CleanupOffer) -> CleanupState:
        return state_at(found, self._ports.clock.now())

    def _filled_in(self, fields: Mapping[str, str]) -> CleanupForm:
        return CleanupForm.of(fields)

    def _problems(self, form: CleanupForm, found: CleanupOffer) -> Problems:
        return form.problems(
            found.org.registration.salesforce_admin_email,
            needs_confirmation=found.request.needs_confirmation,
        )

    def _take(self, request: Request, form: CleanupForm, found: CleanupOffer) -> None:
        answer = CleanupAnswer(
            approved=form.is_approval,
            at=self._ports.clock.now(),
            name=form.name,
            # As it is registered: how somebody happened to type it says nothing.
            email=found.org.registration.salesforce_admin_email,
            channel=AnswerChannel.PAGE,
            source=request.source,
            # Where the box is not shown, nobody has ticked it.
            connection_seen=found.request.needs_confirmation and form.has_seen_connection,
        )
        answer_cleanup(
            found,
            answer,
            migrations=self._ports.migrations,
            vault=self._ports.vault,
            callback=self._ports.callback,
        )

    def _view(self, found: CleanupOffer) -> CleanupView:
        return CleanupView.of(found, self._ports.clock.now(), jwt_deadline=self._jwt_deadline)
