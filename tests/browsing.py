"""A browser without a window: it keeps cookies, follows what it is told to, and shows pages.

What it sends goes to handlers as events of API Gateway, or over HTTP to any address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from tests.visits import FORM, Event, Page

type Handle = Callable[[Event], dict[str, Any]]

_SECONDS: Final = 30
_OF_ONE_ANSWER: Final = frozenset({"date", "x-amz-id-2", "x-amz-request-id", "x-amzn-requestid"})
_BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Sent:
    """A request as it leaves the browser.

    Attributes:
        target: Path and query, encoded.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


class Transport(Protocol):
    """How requests get to where they are answered."""

    @property
    def base_url(self) -> str:
        """What every address there begins with."""

    def send(self, sent: Sent) -> Page:
        """Send a request; redirects are not followed."""


@dataclass(frozen=True)
class Events:
    """Calls handlers with events of API Gateway (REST, payload format 1.0).

    Attributes:
        handlers: By route, such as ``/authorize/{link}``.
    """

    base_url: str
    handlers: Mapping[str, Handle]

    def send(self, sent: Sent) -> Page:
        path, _, query = sent.target.partition("?")
        for route, handle in self.handlers.items():
            values = _placeholders(route, path)
            if values is not None:
                return Page.of(handle(an_event(sent, route, values, query)))
        return Page(404, {"content-type": "application/json"}, "")


@dataclass(frozen=True)
class Http:
    """Speaks HTTP, as browsers do, to one address."""

    base_url: str

    def send(self, sent: Sent) -> Page:
        parts = urlsplit(self.base_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            headers = {"User-Agent": _BROWSER, **sent.headers}
            connection.request(sent.method, parts.path + sent.target, sent.body, headers)
            return _page_of(connection.getresponse())
        finally:
            connection.close()


@dataclass
class Browser:
    """Somebody's browser.

    Attributes:
        cookies: What it keeps, in the order it got it.
        history: Every address it went to, in order.
        takes_cookies: Whether cookies are allowed.
    """

    transport: Transport
    cookies: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    takes_cookies: bool = True

    def get(self, path: str, **how: Any) -> Page:
        """Go to an address."""
        return self.send("GET", path, **how)

    def post(self, path: str, fields: Mapping[str, str], **how: Any) -> Page:
        """Send a form from the page at this address."""
        own = {"Content-Type": FORM, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        headers = {**own, **how.pop("headers", {})}
        return self.send("POST", path, headers=headers, body=urlencode(fields), **how)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Page:
        """Send any request; redirects are not followed.

        Args:
            path: Path and query, or a whole address of this site.
        """
        target = path.removeprefix(self.transport.base_url)
        assert target.startswith("/"), f"an address of another site: {path}"
        self.history.append(target)
        page = self.transport.send(Sent(method, target, self._sent_along(headers), body))
        self._keep(page)
        return page

    def follow(self, page: Page) -> Page:
        """Go where an answer leads, within this site."""
        return self.get(urljoin(self.transport.base_url + self.history[-1], where(page)))

    def _sent_along(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        given = dict(headers or {})
        if self.cookies and "Cookie" not in given:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return given

    def _keep(self, page: Page) -> None:
        if not self.takes_cookies:
            return
        for line in page.headers.get("set-cookie", "").splitlines():
            cookie = SetCookie.parse(line)
            if cookie.name.startswith("__Host-"):
                # Other cookies of this name are dropped. Source: RFC 6265bis, section 4.1.3.2.
                assert "secure" in cookie.attributes
                assert cookie.attributes.get("path") == "/"
                assert "domain" not in cookie.attributes
            if cookie.attributes.get("max-age") == "0":
                self.cookies.pop(cookie.name, None)
            else:
                self.cookies[cookie.name] = cookie.value


@dataclass(frozen=True)
class SetCookie:
    """A value of ``Set-Cookie``; attributes by their names in lower case."""

    name: str
    value: str
    attributes: Mapping[str, str]

    @classmethod
    def parse(cls, line: str) -> SetCookie:
        pair, *rest = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        attributes = (part.partition("=") for part in rest)
        return cls(name, value, {key.lower(): text for key, _, text in attributes})


def cookies_in(page: Page) -> list[SetCookie]:
    """The cookies that an answer sets."""
    return [SetCookie.parse(line) for line in page.headers.get("set-cookie", "").splitlines()]


def where(page: Page) -> str:
    """Where an answer leads."""
    assert page.status == 303, page.status
    return page.headers["location"]


def an_event(sent: Sent, route: str, values: Mapping[str, str], query: str = "") -> Event:
    """A request as it reaches a function."""
    headers = {"Host": "pages.example", "User-Agent": _BROWSER, **sent.headers}
    parameters: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name, []).append(value)
    return {
        "resource": route,
        "path": sent.target.partition("?")[0],
        "httpMethod": sent.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: each[-1] for name, each in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": {name: unquote(value) for name, value in values.items()} or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": sent.method,
            "stage": "live",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": headers["User-Agent"]},
        },
        "body": sent.body,
        "isBase64Encoded": False,
    }


def _placeholders(route: str, path: str) -> dict[str, str] | None:
    """What stands in the place of a route's placeholders, or None where the route is another."""
    wanted, given = route.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(part != value for part, value in pairs if not part.startswith("{")):
        return None
    return {part.strip("{}"): value for part, value in pairs if part.startswith("{")}


def _page_of(answer: HTTPResponse) -> Page:
    """The page, without what those on the way say of this very answer."""
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        if key not in _OF_ONE_ANSWER:
            headers[key] = f"{headers[key]}\n{value}" if key in headers else value
    return Page(answer.status, headers, answer.read().decode())
