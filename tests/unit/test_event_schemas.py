"""Every event that the product really makes is as its schema says, and so are the examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from scripts.event_kinds import FACTS_OF
from scripts.example_org import SCAN
from scripts.render_notices import EVENTS
from tests.builders import NOW, a_result, a_scan
from tests.told_stories import Told, told_stories
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.scan import ScanOutcome

ABOUT_ORGS = [kind for kind in NoticeKind if kind is not NoticeKind.SCAN_FINISHED]


FORMATS = FormatChecker(["date", "email"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_a_moment(text: object) -> bool:
    return datetime.fromisoformat(str(text)).tzinfo is not None


@pytest.fixture(scope="module")
def told() -> Told:
    return told_stories()


def validator(kind: NoticeKind) -> Any:
    schema = json.loads((EVENTS / f"schemas/{kind}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FORMATS)


def validate(kind: NoticeKind, detail: Mapping[str, object]) -> None:
    """As a subscriber does that has the event as JSON."""
    validator(kind).validate(json.loads(json.dumps(detail)))


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_schema_is_one(kind: NoticeKind) -> None:
    assert validator(kind).schema["properties"]["kind"] == {"const": kind}


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_example_is_as_its_schema_says(kind: NoticeKind) -> None:
    example = json.loads((EVENTS / f"examples/{kind}.json").read_text(encoding="utf-8"))

    validate(kind, example["detail"])
    assert example["source"] == "zoom_migrator"
    assert example["detail-type"] == validator(kind).schema["title"]


@pytest.mark.parametrize("kind", ABOUT_ORGS)
def test_every_event_that_is_really_made_is_as_its_schema_says(
    kind: NoticeKind, told: Told
) -> None:
    made = [(notice, org) for notice, org in told if notice.kind is kind]

    assert made, f"no story makes a notice of kind {kind}"
    for notice, org in made:
        validate(kind, event_of_notice(notice, org).detail)
        validate(kind, event_of_notice(notice, None).detail)


@pytest.mark.parametrize("kind", ABOUT_ORGS)
def test_no_fact_is_told_that_the_schema_does_not_describe(kind: NoticeKind, told: Told) -> None:
    required, optional = FACTS_OF[kind]

    for notice, org in told:
        if notice.kind is kind:
            facts = event_of_notice(notice, org).detail["facts"]
            assert isinstance(facts, dict)
            assert set(facts) <= {*required, *optional}


@pytest.mark.parametrize("kind", ABOUT_ORGS)
def test_what_an_example_has_the_product_tells_as_well(kind: NoticeKind, told: Told) -> None:
    example = json.loads((EVENTS / f"examples/{kind}.json").read_text(encoding="utf-8"))
    required, optional = FACTS_OF[kind]

    assert set(example["detail"]["facts"]) <= {*required, *optional}


@pytest.mark.parametrize("failure", ["", "The scan timed out."])
def test_a_scan_that_is_over_is_as_its_schema_says(failure: str) -> None:
    results = [a_result(outcome=outcome) for outcome in ScanOutcome]
    scan = a_scan(org_count=len(results)).ended(results, at=NOW, failure=failure)

    validate(NoticeKind.SCAN_FINISHED, event_of_scan(scan).detail)
    validate(NoticeKind.SCAN_FINISHED, event_of_scan(SCAN).detail)


def test_no_event_holds_a_secret_or_a_signed_link(told: Told) -> None:
    for notice, org in told:
        text = json.dumps(event_of_notice(notice, org).detail)
        assert "canary" not in text
        assert "/approve/" not in text
        assert "/authorize/" not in text
        assert "/cleanup/" not in text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("event_id",), "x"),
        (("kind",), "connected"),
        (("at",), "yesterday"),
        (("org", "id"), "001"),
        (("attempt",), 0),
        (("facts", "until"), "soon"),
        (("facts", "org"), ""),
    ],
)
def test_anything_else_is_not(path: tuple[str, ...], value: object) -> None:
    kind = NoticeKind.UPGRADE_APPROVAL_NEEDED
    example = json.loads((EVENTS / f"examples/{kind}.json").read_text(encoding="utf-8"))
    place: Any = example["detail"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value

    with pytest.raises(ValidationError):
        validate(kind, example["detail"])
