"""A change of what people see is a change of these files, which somebody looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.snapshots import FOLDER, made

MADE = made()


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_what_people_see_is_as_it_was(path: Path) -> None:
    kept = path.read_text(encoding="utf-8")

    assert kept == MADE[path], "if this is meant, run `python -m tests.adapters.snapshots`"


def test_no_snapshot_is_left_over() -> None:
    assert {*FOLDER.glob("*.json"), *FOLDER.glob("*.html")} == set(MADE)
