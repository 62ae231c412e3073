from __future__ import annotations

import pytest

from tests.visits import HOST, a_visit
from zoom_migrator.adapters.web.provenance import is_from_another_site, is_prefetch
from zoom_migrator.adapters.web.request import Request


def with_headers(headers: dict[str, str]) -> Request:
    return Request.from_event(a_visit("link", headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "Prefetch;anonymous-client-ip"},
        {"sec-purpose": "prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
def test_a_browser_that_guesses_ahead_is_recognised(headers: dict[str, str]) -> None:
    assert is_prefetch(with_headers(headers))


@pytest.mark.parametrize("headers", [{}, {"Sec-Purpose": ""}, {"Purpose": "previewing things"}])
def test_a_person_is_not_taken_for_a_guess(headers: dict[str, str]) -> None:
    assert not is_prefetch(with_headers(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": f"https://{HOST}"},
        {"Sec-Fetch-Site": "same-origin, cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": f"https://{HOST}.evil.example"},
        {"Origin": f"https://evil.example/{HOST}"},
        {"Origin": f"https://{HOST}:444"},
        {"Origin": f"https://{HOST}@evil.example"},
        {"Origin": "https://[broken"},
        {"Origin": HOST},
    ],
)
def test_a_request_that_another_site_sent_is_recognised(headers: dict[str, str]) -> None:
    assert is_from_another_site(with_headers(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": f"https://{HOST}"},
        {"Origin": f"HTTPS://{HOST.upper()}"},
    ],
)
def test_a_request_of_our_own_page_passes(headers: dict[str, str]) -> None:
    assert not is_from_another_site(with_headers(headers))
