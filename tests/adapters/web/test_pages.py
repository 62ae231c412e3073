from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from tests.adapters.web.desk import Desk
from tests.approvals import a_waiting_org
from zoom_migrator.adapters.web.pages import Pages, moment, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Acme", "Acme"),
        ("two\nlines\tand more", "two lines and more"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"),
        ("bell\x07 null\x00 escape\x1b[31m", "bell null escape[31m"),
        ("half a pair \ud83d", "half a pair "),
        ("علی‌رضا", "علی‌رضا"),
        ("क्‍ष 😀 ñ", "क्‍ष 😀 ñ"),
    ],
)
def test_what_nobody_can_see_is_left_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 7, 1, 2, 5, tzinfo=UTC),
        datetime(2026, 7, 1, 4, 5, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_are_shown_in_utc(at: datetime) -> None:
    assert moment(at) == "1 July 2026, 02:05 UTC"


def test_a_page_that_shows_what_it_was_not_given_is_a_bug() -> None:
    with pytest.raises(UndefinedError):
        Pages().page("broken")


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("https://evil.example")',
    "javascript:alert(1)",
    "</style><style>*{display:none}",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_from_outside_are_text_and_nothing_else(text: str) -> None:
    org = a_waiting_org()
    org = replace(org, registration=replace(org.registration, display_name=text, host=text))
    innocent = Desk.asking().open()

    page = Desk.asking(org=org).open()

    assert [each.tag for each in page.elements] == [each.tag for each in innocent.elements]
    assert f"May the Zoom package in {text} be upgraded?" == page.heading
    assert "49" not in page.heading


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["name", "email"])
def test_what_somebody_typed_stays_in_its_field(field: str, text: str) -> None:
    desk = Desk.asking()
    tags = [each.tag for each in desk.submit(desk.fields(**{field: "", "terms": ""})).elements]

    page = desk.submit(desk.fields(**{field: text, "terms": ""}))

    (typed,) = (each for each in page.all("input") if each.attributes.get("id") == field)
    assert typed.attributes["value"] == text
    assert set(typed.attributes) <= {
        *("type", "id", "name", "value", "autocomplete", "maxlength", "required"),
        *("aria-describedby", "aria-invalid"),
    }
    assert {each.tag for each in page.elements} == set(tags)


def test_only_our_own_stylesheet_is_taken_as_it_is() -> None:
    pages = Pages()

    response = pages.page("broken", reference=Markup("<b>marked</b>"))

    assert "<b>marked</b>" in response.body
    assert "<b>" not in pages.page("broken", reference="<b>").body
