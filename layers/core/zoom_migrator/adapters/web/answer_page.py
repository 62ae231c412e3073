"""Pages on which somebody with a signed link answers a question, once and for all.

What protects an answer is here, for all of them: nothing changes by looking, a form counts only
with its own token and from our own page, and of two answers at once one is recorded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import ClassVar, Final, Protocol

from zoom_migrator.adapters.web.answer_form import AnswerForm, Problems
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import read_form
from zoom_migrator.adapters.web.form_token import FormTokens
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.provenance import is_from_another_site
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import see_other
from zoom_migrator.domain.errors import ConcurrentModification, LinkRefused, NothingToApprove
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org

# Whoever else changes the migration is the state machine, which is done in a moment.
_TRIES: Final = 3
_STALE: Final = {
    "form": "This form was open for too long, or was not sent from this page. Check what you "
    "entered and send it again."
}
_FORM_SHOWN_WITH: Final = {
    "form_shown": HTTPStatus.OK,
    "form_incomplete": HTTPStatus.UNPROCESSABLE_ENTITY,
    "other_site": HTTPStatus.FORBIDDEN,
    "no_good_token": HTTPStatus.FORBIDDEN,
}


class Asked(Protocol):
    """A question with what it is about."""

    @property
    def org(self) -> Org:
        """The org that it is about."""

    @property
    def migration(self) -> Migration:
        """The migration that waits for the answer."""


class AnswerPage[Found: Asked, Form: AnswerForm](ABC):
    """Shows a question to whoever has its link, and takes the answer.

    Attributes:
        kind: What the names of its templates begin with.
        open_state: Where a question stands that can be answered.
        gone: Where one stands that nobody can answer, or has answered.
    """

    kind: ClassVar[str]
    open_state: ClassVar[StrEnum]
    gone: ClassVar[frozenset[StrEnum]]

    def __init__(self, ports: AnswerPorts, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._tokens = FormTokens(ports.clock)

    @abstractmethod
    def _behind(self, link: str) -> Found:
        """The question that a link leads to.

        Raises:
            LinkRefused: It leads nowhere.
            StoreUnavailable: The store or the keys are not available.
        """

    @abstractmethod
    def _state(self, found: Found) -> StrEnum:
        """Where the question stands at this moment; it has a template for each but the open one."""

    @abstractmethod
    def _filled_in(self, fields: Mapping[str, str]) -> Form:
        """The form with these fields; without any, as nobody has touched it."""

    @abstractmethod
    def _problems(self, form: Form, found: Found) -> Problems:
        """What is wrong with a form, by field; nothing if it can be recorded."""

    @abstractmethod
    def _take(self, request: Request, form: Form, found: Found) -> None:
        """Record the answer.

        Raises:
            ConcurrentModification: Somebody else changed the migration since it was read.
            NothingToApprove: It cannot be answered any more.
        """

    @abstractmethod
    def _view(self, found: Found) -> object:
        """What the templates show."""

    def show(self, request: Request) -> Visit:
        """Show where the question stands. Changes nothing, however often it is asked.

        Raises:
            Refusal: The link leads nowhere.
            StoreUnavailable: The store or the keys are not available.
        """
        found = self._find(request)
        if self._is_open(found):
            return self._form(request, found, self._filled_in({}), {}, "form_shown")
        return self._closed(found, HTTPStatus.OK, "shown")

    def answer(self, request: Request) -> Visit:
        """Record the answer on a filled-in form, or show the form again with what is wrong.

        Raises:
            Refusal: The link leads nowhere, or what was sent is no form.
            TransientError: The store or the keys are not available.
        """
        form = self._filled_in(read_form(request))
        found = self._find(request)
        if not self._is_open(found):
            return self._closed(found, HTTPStatus.CONFLICT, "refused")
        if is_from_another_site(request):
            # What another site filled in is not shown as if the person had typed it.
            return self._form(request, found, self._filled_in({}), _STALE, "other_site")
        if not self._tokens.is_good(form.token, _link(request)):
            return self._form(request, found, form, _STALE, "no_good_token")
        problems = self._problems(form, found)
        if problems:
            return self._form(request, found, form, problems, "form_incomplete")
        return self._record(request, form)

    def _record(self, request: Request, form: Form) -> Visit:
        for _ in range(_TRIES):
            found = self._find(request)
            if not self._is_open(found):
                return self._closed(found, HTTPStatus.CONFLICT, "refused")
            try:
                self._take(request, form, found)
            except (ConcurrentModification, NothingToApprove):
                continue
            # Relative, so that it holds under any domain and stage of the API.
            outcome = "approved" if form.is_approval else "declined"
            return Visit(see_other(_link(request)), outcome, _facts(found))
        raise ConcurrentModification("The migration keeps being changed by others.")

    def _find(self, request: Request) -> Found:
        try:
            return self._behind(_link(request))
        except LinkRefused:
            # One answer for all links that lead nowhere: which of them it is helps nobody honest.
            raise Refusal(HTTPStatus.NOT_FOUND, "link_refused") from None

    def _is_open(self, found: Found) -> bool:
        return self._state(found) is self.open_state

    def _form(
        self, request: Request, found: Found, form: Form, problems: Problems, outcome: str
    ) -> Visit:
        response = self._pages.page(
            f"{self.kind}_form",
            status=_FORM_SHOWN_WITH[outcome],
            form_action="'self'",
            view=self._view(found),
            form=form,
            problems=problems,
            token=self._tokens.issue(_link(request)),
        )
        return Visit(response, outcome, _facts(found))

    def _closed(self, found: Found, otherwise: HTTPStatus, outcome: str) -> Visit:
        state = self._state(found)
        status = HTTPStatus.GONE if state in self.gone else otherwise
        response = self._pages.page(
            f"{self.kind}_{state}",
            status=status,
            view=self._view(found),
            is_late=outcome != "shown",
        )
        return Visit(response, f"{outcome}_{state}", _facts(found))


def _link(request: Request) -> str:
    return request.path.get("link", "")


def _facts(found: Asked) -> dict[str, str | int]:
    return {"org_id": found.org.org_id, "attempt": found.migration.attempt}
