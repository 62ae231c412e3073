"""Somebody with a browser, without the browser: keeps cookies, fills in forms, stops at the door.

Tests of whole ways use it: it takes the address that an app sends people to, signs in at Zoom,
consents or declines, and tells where Zoom sends the browser then. It works with any pages that
need no script, so it opens an app's own pages just as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.cookies import RequestsCookieJar, get_cookie_header

from local.zoom.forms import Button, Form, forms_of

_SECONDS: Final = 15
_MOST_REDIRECTS: Final = 10


class StuckAtZoom(Exception):
    """Zoom shows a page of its own and does not send the browser back."""

    def __init__(self, page: Page) -> None:
        """Keep the page."""
        super().__init__(f"{page.status}: {page.title}")
        self.page = page


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows; ``left_for`` is the address of another site that it is sent to."""

    url: str
    status: int
    text: str = field(default="", repr=False)
    left_for: str | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The title in the head of the page."""
        return self.text.partition("<title>")[2].partition("</title>")[0].strip()

    @property
    def forms(self) -> list[Form]:
        """The forms of the page."""
        return forms_of(self.text)


class Person:
    """A person who has a Zoom login, in front of a browser of their own."""

    def __init__(self, email: str) -> None:
        """Open a browser without cookies."""
        self.email = email
        self.session = requests.Session()
        # Browsers treat loopback as secure, and send "Secure" cookies there over http, too.
        policy = DefaultCookiePolicy(secure_protocols=("https", "http"))
        self.session.cookies = RequestsCookieJar(policy=policy)
        self.session.trust_env = False
        self.session.headers["Accept"] = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"

    def __enter__(self) -> Self:
        """Return the person."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the browser."""
        self.close()

    def close(self) -> None:
        """Close the browser's connections."""
        self.session.close()

    def consent(self, authorize_url: str, *, untick: Collection[str] = ()) -> str:
        """Sign in if need be and press *Authorize*; return where Zoom sends the browser.

        Args:
            authorize_url: Where the app sent the person.
            untick: Optional scopes that the person does not grant.

        Raises:
            StuckAtZoom: Zoom does not send the browser back.
        """
        return self._decide(self.reach_consent(authorize_url), "Authorize", untick)

    def decline(self, authorize_url: str) -> str:
        """Sign in if need be and press *Decline*; return where Zoom sends the browser.

        Raises:
            StuckAtZoom: Zoom does not send the browser back.
        """
        return self._decide(self.reach_consent(authorize_url), "Decline", ())

    def reach_consent(self, authorize_url: str) -> Page:
        """Sign in if need be and return the consent screen.

        Raises:
            StuckAtZoom: Zoom shows something else.
        """
        page = self.open(authorize_url)
        form = _form_with(page, "email")
        if form is not None:
            # As typed into the last form, which takes any address.
            others = [pair for pair in form.fields if pair[0] != "email"]
            page = self._send(page, form, [*others, ("email", self.email)])
        if page.left_for is None and _form_with(page, "ticket") is None:
            raise StuckAtZoom(page)
        return page

    def open(self, url: str) -> Page:
        """Open an address; redirects are followed as long as they stay on its site."""
        return self._load("GET", url)

    def press(self, page: Page, text: str) -> Page:
        """Press the button whose text begins like this.

        Raises:
            KeyError: The page has no such button.
        """
        for form in page.forms:
            button = form.button(text)
            if button is not None:
                return self._send(page, form, [*form.fields, *_own_field(button)])
        raise KeyError(f"{page.title}: no button {text!r}")

    def _decide(self, page: Page, answer: str, untick: Collection[str]) -> str:
        form = _form_with(page, "ticket")
        button = None if form is None else form.button(answer)
        if form is not None and button is not None:
            kept = [pair for pair in form.fields if pair[0] != "scope" or pair[1] not in untick]
            page = self._send(page, form, [*kept, *_own_field(button)])
        if page.left_for is None:
            raise StuckAtZoom(page)
        return page.left_for

    def _send(self, page: Page, form: Form, fields: Sequence[tuple[str, str]]) -> Page:
        return self._load(form.method, urljoin(page.url, form.action or page.url), list(fields))

    def _load(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> Page:
        site = _site(url)
        for _ in range(_MOST_REDIRECTS):
            answer = self._request(method, url, fields)
            if not answer.is_redirect:
                return Page(answer.url, answer.status_code, answer.text)
            url, method, fields = urljoin(answer.url, answer.headers["Location"]), "GET", None
            if _site(url) != site:
                return Page(answer.url, answer.status_code, left_for=url)
        raise requests.TooManyRedirects(f"more than {_MOST_REDIRECTS} redirects at {site}")

    def _request(
        self, method: str, url: str, fields: list[tuple[str, str]] | None
    ) -> requests.Response:
        reading = method == "GET"
        asked = requests.Request(
            method, url, params=fields if reading else None, data=None if reading else fields
        )
        prepared = self.session.prepare_request(asked)
        # The session copies its cookies into a jar that would keep back the "Secure" ones.
        cookies = get_cookie_header(self.session.cookies, prepared)  # type: ignore[no-untyped-call]
        if cookies is not None:
            prepared.headers["Cookie"] = cookies
        return self.session.send(prepared, allow_redirects=False, timeout=_SECONDS)


def _form_with(page: Page, name: str) -> Form | None:
    """Return the last form with a field of that name."""
    found = [form for form in page.forms if form.value_of(name) is not None]
    return found[-1] if found else None


def _own_field(button: Button) -> list[tuple[str, str]]:
    return [(button.name, button.value)] if button.name else []


def _site(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
