"""Many questions in one request; each is answered, or refused, by itself.

Source: REST API guide, "Composite": at most 25 parts, of which 5 may be queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    Page,
    a_list,
    a_name,
    a_number,
    an_object,
    page_in,
)
from zoom_migrator.adapters.salesforce.errors import Refused, fault_in, meaning_of_refusal
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession

# What an org answers about objects and fields that a user may not see, or that are not there.
NOT_VISIBLE: Final = frozenset({"INVALID_FIELD", "INVALID_TYPE"})


class Parts:
    """The answers to many questions, by the names of the questions."""

    def __init__(self, parts: Mapping[str, Json]) -> None:
        self._parts = parts

    def body(self, name: str) -> Json:
        """What was answered to a question.

        Raises:
            MalformedAnswer: There is no answer to it.
            Refused: It was refused.
        """
        part = self._parts.get(name)
        if part is None:
            raise MalformedAnswer(f"no answer about {name}")
        status = a_number(part, "httpStatusCode")
        body = part.get("body")
        if 200 <= status < 300:
            return an_object(body, name)
        fault = fault_in(body)
        raise Refused(
            meaning_of_refusal(fault, status), fault, str(fault) or f"HTTP {status}", status
        )

    def page(self, name: str) -> Page:
        """The first page of what was answered to a query; raises what :meth:`body` raises."""
        return page_in(self.body(name))


def ask_all(session: OrgSession, addresses: Addresses, wanted: Mapping[str, str]) -> Parts:
    """Ask for what is at many addresses, by name.

    Raises:
        CheckFailed: The request as a whole is refused, or its answer cannot be read.
    """
    request = {
        "allOrNone": False,
        "compositeRequest": [
            {"method": "GET", "url": url, "referenceId": name} for name, url in wanted.items()
        ],
    }
    answer = an_object(session.post(addresses.composite, request), "the composite answer")
    parts = [
        an_object(part, "a part of the composite answer")
        for part in a_list(answer.get("compositeResponse"), "compositeResponse")
    ]
    return Parts({a_name(part, "referenceId"): part for part in parts})
