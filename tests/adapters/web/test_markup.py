"""What every page has to be for people who see, hear or feel it, and for browsers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest

from tests.adapters.web.authorize_pages import AUTHORIZE_PAGES
from tests.adapters.web.authorize_pages import PARTS as AUTHORIZE_PARTS
from tests.adapters.web.desk import Desk
from tests.adapters.web.keys_desk import KeysDesk
from tests.adapters.web.keys_pages import KEYS_PAGES
from tests.adapters.web.keys_pages import PARTS as KEYS_PARTS
from tests.adapters.web.keys_pages import with_problems as keys_with_problems
from tests.adapters.web.mute_pages import MUTE_PAGES
from tests.visits import Page
from zoom_migrator.adapters.web import pages as pages_module
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.migration import Ending, MigrationOutcome

TEMPLATES: Final = Path(pages_module.__file__).parent / "templates"
# Parts of pages, which are none by themselves.
PARTS: Final = {"base", "approval_parts", "form_parts", *AUTHORIZE_PARTS, *KEYS_PARTS}


def plain(template: str) -> Callable[[], Page]:
    """A page that shows nothing of a request."""

    def make() -> Page:
        response = Pages().page(template, status=HTTPStatus.OK, reference="req-4711")
        return Page.of(response.event())

    return make


def closed(outcome: MigrationOutcome) -> Callable[[], Page]:
    """The page of a request that is over."""

    def make() -> Page:
        desk = Desk.asking()
        asked = desk.asked
        asked.migrations.save(asked.migration.ended(Ending(outcome), asked.clock.now()))
        return desk.open()

    return make


def answered(decision: str) -> Callable[[], Page]:
    """The page of a request that has its answer."""

    def make() -> Page:
        desk = Desk.asking()
        desk.submit(desk.fields(decision=decision))
        return desk.open()

    return make


def with_problems() -> Page:
    """The form with everything wrong that can be."""
    desk = Desk.asking()
    return desk.submit({"token": desk.open().token, "security": "x", "decision": "approve"})


PAGES: Final[dict[str, Callable[[], Page]]] = {
    "approval_form": lambda: Desk.asking().open(),
    "approval_form, with problems": with_problems,
    "approval_accepted": answered("approve"),
    "approval_declined": answered("decline"),
    "approval_expired": closed(MigrationOutcome.EXPIRED),
    "approval_revoked": closed(MigrationOutcome.STOPPED),
    "approval_superseded": closed(MigrationOutcome.UPGRADED),
    **{
        name: plain(name) for name in ("not_found", "refused", "too_large", "unavailable", "broken")
    },
    **AUTHORIZE_PAGES,
    **KEYS_PAGES,
    **MUTE_PAGES,
}

type Ask = Callable[[], Desk | KeysDesk]

both_forms = pytest.mark.parametrize(
    "ask", [Desk.asking, KeysDesk.asking], ids=["approval", "cleanup"]
)
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


def test_every_template_is_looked_at() -> None:
    names = {path.stem for path in TEMPLATES.glob("*.html")}

    assert {name.partition(",")[0] for name in PAGES} == names - PARTS


@every_page
def test_a_page_has_a_language_a_title_and_one_heading(page: Callable[[], Page]) -> None:
    made = page()

    assert made.html.startswith("<!DOCTYPE html>")
    assert [each.attributes["lang"] for each in made.all("html")] == ["en"]
    (title,) = made.all("title")
    assert 10 < len(title.text) < 80
    assert made.heading
    assert len(made.all("main")) == len(made.all("header")) == 1


@every_page
def test_headings_skip_no_level(page: Callable[[], Page]) -> None:
    levels = [int(each.tag[1]) for each in page().elements if re.fullmatch("h[1-6]", each.tag)]

    assert set(levels) <= {1, 2}
    assert levels.count(1) == 1


@every_page
def test_ids_are_there_once_and_references_lead_somewhere(page: Callable[[], Page]) -> None:
    elements = page().elements
    ids = [each.attributes["id"] for each in elements if "id" in each.attributes]
    references = [
        reference
        for each in elements
        for name in ("for", "aria-describedby", "aria-labelledby")
        for reference in each.attributes.get(name, "").split()
    ]
    references += [
        each.attributes["href"][1:]
        for each in elements
        if each.attributes.get("href", "").startswith("#")
    ]

    assert len(ids) == len(set(ids))
    assert set(references) <= set(ids)


@every_page
def test_every_field_has_a_label_and_every_group_a_legend(page: Callable[[], Page]) -> None:
    made = page()
    fields = [each for each in made.all("input") if each.attributes["type"] != "hidden"]
    labels = {each.attributes["for"]: each.text for each in made.all("label")}

    assert all(labels[each.attributes["id"]] for each in fields)
    assert len(made.all("legend")) == len(made.all("fieldset"))


@every_page
def test_a_page_runs_nothing_and_loads_nothing(page: Callable[[], Page]) -> None:
    made = page()
    tags = {each.tag for each in made.elements}
    attributes = {name for each in made.elements for name in each.attributes}

    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "video"}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    assert "url(" not in made.html
    assert "@import" not in made.html


@every_page
def test_the_policy_lets_the_pages_own_styles_in_and_nothing_else(
    page: Callable[[], Page],
) -> None:
    made = page()
    (style,) = made.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    ways = {"answer": "'self'", "start": "'self' https://zoom.us https://*.zoom.us"}
    target = next((ways[form.attributes["id"]] for form in made.all("form")), "'none'")

    assert made.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action {target}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@every_page
def test_a_page_says_nothing_twice_and_nothing_that_is_not_there(page: Callable[[], Page]) -> None:
    made = page()

    assert "None" not in made.text
    assert "{{" not in made.html
    assert "{%" not in made.html


@pytest.mark.parametrize(
    ("page", "box"),
    [(with_problems, "terms"), (keys_with_problems, "connection")],
    ids=["approval", "cleanup"],
)
def test_a_field_with_a_problem_says_so_to_those_who_do_not_see_it(
    page: Callable[[], Page], box: str
) -> None:
    made = page()
    fields = {each.attributes.get("id"): each.attributes for each in made.all("input")}

    for name, described in {
        box: f"{box}-hint {box}-error",
        "name": "name-error",
        "email": "email-hint email-error",
    }.items():
        assert fields[name]["aria-invalid"] == "true"
        assert fields[name]["aria-describedby"] == described
    (title,) = made.all("title")
    assert title.text.startswith("Error: ")


@both_forms
def test_fields_without_a_problem_do_not_say_that_they_have_one(ask: Ask) -> None:
    fields = ask().open().all("input")

    assert not any("aria-invalid" in each.attributes for each in fields)


@pytest.mark.parametrize("page", [with_problems, keys_with_problems], ids=["approval", "cleanup"])
def test_problems_come_first_and_are_announced(page: Callable[[], Page]) -> None:
    elements = page().elements
    order = [each.attributes.get("role", each.tag) for each in elements]

    assert order.index("alert") < order.index("h1")
    (summary,) = (each for each in elements if each.attributes.get("role") == "alert")
    assert "autofocus" in summary.attributes
    assert summary.attributes["tabindex"] == "-1"


@both_forms
def test_browsers_can_fill_in_who_it_is(ask: Ask) -> None:
    fields = {each.attributes["name"]: each.attributes for each in ask().open().all("input")}

    assert fields["name"]["autocomplete"] == "name"
    assert (fields["email"]["autocomplete"], fields["email"]["type"]) == ("email", "email")


def test_pages_work_on_phones_and_at_night() -> None:
    page = Desk.asking().open()
    metas = {
        each.attributes.get("name"): each.attributes.get("content") for each in page.all("meta")
    }

    assert metas["viewport"] == "width=device-width, initial-scale=1"
    assert metas["color-scheme"] == "light dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "card", 7.0),
        ("text", "page", 7.0),
        ("text", "warn-back", 7.0),
        ("quiet", "card", 4.5),
        ("quiet", "page", 4.5),
        ("accent", "card", 4.5),
        ("on-accent", "accent", 4.5),
        ("wrong", "card", 4.5),
        ("wrong", "wrong-back", 4.5),
        ("warn", "warn-back", 4.5),
        ("good", "card", 4.5),
        ("edge", "card", 3.0),
        ("focus", "card", 3.0),
        ("focus", "page", 3.0),
    ],
)
def test_colours_are_far_enough_apart(scheme: str, front: str, back: str, least: float) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11; body text meets the stricter 1.4.6."""
    colours = palettes()[scheme]

    assert contrast(colours[front], colours[back]) >= least


def palettes() -> dict[str, dict[str, str]]:
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in roots(css))
    assert light.keys() == dark.keys()
    return {"light": light, "dark": dark}


def roots(css: str) -> list[str]:
    return re.findall(r":root \{(.*?)\}", css, re.DOTALL)


def contrast(first: str, second: str) -> float:
    """The ratio that WCAG 2.2 defines."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_measure_of_contrast_is_the_standards() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@both_forms
def test_head_brings_the_same_headers_without_a_page(ask: Ask) -> None:
    desk = ask()

    opened, looked_at = desk.open(), desk.visit(method="HEAD")

    assert looked_at.html == ""
    assert looked_at.headers == opened.headers
    assert looked_at.status == opened.status
