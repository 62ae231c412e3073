"""The page about notices, the schemas and the examples are what the product says today."""

from __future__ import annotations

import pytest

from scripts import render_notices
from scripts.notice_examples import notices
from scripts.render_notices import EVENTS, PAGE, ROOT
from zoom_migrator.domain.notice import NoticeKind

DOCUMENTS = render_notices.documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_file_is_current(path: object) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path], "run `make format`"  # type: ignore[attr-defined,index]


def test_nothing_else_is_there() -> None:
    made = {path for path in DOCUMENTS if path != PAGE}

    assert {path for folder in ("schemas", "examples") for path in (EVENTS / folder).iterdir()} == (
        made
    )


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_page_shows_every_kind(kind: NoticeKind) -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert f"\n### {kind}\n" in page
    assert f"[`{kind}`](#{kind})" in page


def test_there_is_an_example_of_every_kind_that_is_about_an_org() -> None:
    kinds = [notice.kind for notice in notices()]

    assert sorted(kinds) == sorted(set(NoticeKind) - {NoticeKind.SCAN_FINISHED})
