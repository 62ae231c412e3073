"""Queries whose answers may come in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zoom_migrator.adapters.salesforce.answers import Json, MalformedAnswer, Page, page_in
from zoom_migrator.adapters.salesforce.session import OrgSession

# What is asked for has tens of rows and a page 2,000; more pages than this is a loop.
_MAX_PAGES: Final = 20


def all_rows(session: OrgSession, address: str, *, of: str) -> Iterator[Json]:
    """All rows of a query's answer, page by page.

    Args:
        of: What the rows are, for messages.

    Raises:
        MalformedAnswer: A page cannot be read, or rows are missing.
    """
    yield from rows_from(page_in(session.get(address)), session, of=of)


def rows_from(page: Page, session: OrgSession, *, of: str) -> Iterator[Json]:
    """All rows of a query's answer whose first page is there already.

    Raises:
        MalformedAnswer: A page cannot be read, or rows are missing.
    """
    seen = 0
    for number in range(1, _MAX_PAGES + 1):
        yield from page.rows
        seen += len(page.rows)
        if page.following is None:
            if seen < page.total:
                raise MalformedAnswer(f"{seen} of {page.total} {of}")
            return
        if number < _MAX_PAGES:
            page = page_in(session.get(page.following))
    raise MalformedAnswer(f"more than {_MAX_PAGES} pages of {of}")
