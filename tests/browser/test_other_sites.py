"""What other sites can do to somebody who has the link, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.conftest import Evil, Opener, Strictness


def test_the_terms_do_not_learn_where_their_reader_came_from(
    open_page: Opener, strictness: Strictness
) -> None:
    page = open_page()
    asked: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        asked.append(route.request.all_headers())
        route.fulfill(status=200, content_type="text/html", body="<h1>Terms</h1>")

    page.context.route("https://terms.example/**", answer)
    page.get_by_role("link", name="Read the terms and conditions").click()

    expect(page.get_by_role("heading")).to_have_text("Terms")
    assert len(asked) == 1
    assert "referer" not in asked[0]
    assert strictness.strangers == ["https://terms.example/zoom"]
    strictness.strangers.clear()


def test_the_page_cannot_be_framed(
    open_page: Opener, address: str, evil: Evil, strictness: Strictness
) -> None:
    evil.body = f'<iframe src="{address}"></iframe>'
    page = open_page()

    with (
        page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:")),
        page.expect_event("console", lambda message: "frame-ancestors" in message.text),
    ):
        page.goto(evil.address)

    strictness.complaints.clear()
    strictness.strangers.clear()


def test_a_window_that_another_site_opened_cannot_be_reached_from_there(
    open_page: Opener, address: str, evil: Evil, strictness: Strictness
) -> None:
    evil.body = f'<a href="{address}" target="_blank" rel="opener">Look</a>'
    page = open_page()
    page.goto(evil.address)

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Look").click()

    expect(opened.value.get_by_role("form")).to_be_visible()
    assert opened.value.evaluate("() => window.opener") is None
    strictness.strangers.clear()
