"""How the pages of an authorization look: on phones and desks, by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from local.gateway import Gateway, Handlers
from tests.adapters.web.authorize_pages import AUTHORIZE_PAGES
from tests.adapters.web.test_markup import contrast
from tests.browser.test_looks import COLOURS, Scheme, both_schemes, size, width_of
from tests.visits import Page as Answer

DEVICES: Final[dict[str, ViewportSize]] = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1_000, "height": 900},
}
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")

type Show = Callable[..., Page]

every_page = pytest.mark.parametrize("name", AUTHORIZE_PAGES)


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    """Every page, as it was answered once."""
    return {name: make() for name, make in AUTHORIZE_PAGES.items()}


@pytest.fixture(scope="module")
def shelf(answers: dict[str, Answer]) -> Iterator[Gateway]:
    """The pages as they were answered, each at an address of its own."""
    names = list(answers)

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        answer = answers[names[int(event["pathParameters"]["number"])]]
        return {"statusCode": answer.status, "headers": answer.headers, "body": answer.html}

    with Gateway(Handlers({"/{number}": handle})) as gateway:
        yield gateway


@pytest.fixture
def show(chromium: Browser, shelf: Gateway, answers: dict[str, Answer]) -> Iterator[Show]:
    """Opens a page in a browser that is set up as told."""
    contexts = []

    def show(name: str, *, device: str = "desk", scheme: Scheme = "light") -> Page:
        context = chromium.new_context(viewport=DEVICES[device], color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{shelf.base_url}/{list(answers).index(name)}")
        return page

    yield show
    for context in contexts:
        context.close()


@every_page
def test_a_page_fits_its_screen_and_is_easy_to_read(show: Show, name: str, pictures: Path) -> None:
    page = show(name)
    file = name.replace(", ", "-").replace(" ", "-")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        pairs = page.evaluate(COLOURS)
        assert len(pairs) > 3
        assert all(contrast(front, back) >= 4.5 for front, back in pairs)
        for device, viewport in DEVICES.items():
            page.set_viewport_size(viewport)
            page.screenshot(path=pictures / f"{file}-{device}-{scheme}.png", full_page=True)
            assert width_of(page) <= viewport["width"]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert width_of(page) <= DEVICES["desk"]["width"]


@both_schemes
def test_the_obstacles_fit_a_phone_when_they_are_open(
    show: Show, scheme: Scheme, pictures: Path
) -> None:
    page = show("authorize_form", device="phone", scheme=scheme)

    page.get_by_text("If Zoom shows an error").click()

    expect(page.get_by_text("Invalid redirect")).to_be_visible()
    page.screenshot(path=pictures / f"authorize_form-obstacles-phone-{scheme}.png", full_page=True)
    assert width_of(page) <= DEVICES["phone"]["width"]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ["authorize_form", "outcome_declined", "outcome_in_progress"])
def test_everything_that_is_pressed_is_large_enough(show: Show, name: str, device: str) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 pixels; buttons have 44."""
    page = show(name, device=device)
    buttons = page.locator("button, a.button").all()

    assert len(buttons) == 1
    assert all(size(each)[1] >= 44 for each in buttons)
    assert all(min(size(each)) >= 24 for each in page.locator("input[type=checkbox]").all())
    assert all(size(each)[1] >= 24 for each in page.locator("summary").all())


@both_schemes
def test_what_the_keyboard_is_on_is_seen(show: Show, scheme: Scheme) -> None:
    page = show("authorize_form", scheme=scheme)

    for _ in range(5):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert outline == ["solid", 3]


def test_a_screen_reader_hears_the_form_in_order(show: Show) -> None:
    page = show("authorize_form")

    heard = page.get_by_role("form", name="Start").aria_snapshot().splitlines()

    assert [line.strip() for line in heard if "paragraph" not in line and "text" not in line] == [
        '- form "Start":',
        '- group "Which Zoom products are integrated with Salesforce?":',
        '- checkbox "Zoom Meetings" [checked]',
        '- checkbox "Zoom Phone"',
        '- checkbox "Zoom Webinar"',
        '- button "Continue to Zoom"',
    ]


def test_the_note_about_products_is_heard_with_them(show: Show) -> None:
    page = show("authorize_form, with problems")

    expect(page.get_by_role("group", name="Which Zoom products")).to_have_accessible_description(
        "If you do not have Zoom Phone or Zoom Webinar on your account, do not select those "
        "products. Pick at least one Zoom product."
    )
