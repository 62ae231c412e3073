"""Visits to pages: requests as API Gateway hands them on, and pages as people see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlencode

type Event = dict[str, Any]
type Attributes = dict[str, str]

ROUTE: Final = "/approve/{link}"
FORM: Final = "application/x-www-form-urlencoded"
HOST: Final = "pages.example"
_BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def a_visit(
    link: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: str | None = None,
    is_base64: bool = False,
    source_ip: str = "203.0.113.7",
    resource: str = ROUTE,
) -> Event:
    """A request as it reaches a function."""
    named = {"Host": HOST, "User-Agent": _BROWSER, **(headers or {})}
    return {
        "resource": resource,
        "path": resource.replace("{link}", link),
        "httpMethod": method,
        "headers": named,
        "multiValueHeaders": {name: [value] for name, value in named.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": (
            {name: [value] for name, value in query.items()} if query else None
        ),
        "pathParameters": {"link": link} if "{link}" in resource else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "stage": "live",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": source_ip, "userAgent": named["User-Agent"]},
        },
        "body": body,
        "isBase64Encoded": is_base64,
    }


def a_form(
    link: str,
    fields: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    resource: str = ROUTE,
) -> Event:
    """A filled-in form, as a browser sends it from the page itself."""
    own = {"Content-Type": FORM, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
    sent = {**own, **(headers or {})}
    return a_visit(link, method="POST", headers=sent, body=urlencode(fields), resource=resource)


@dataclass(frozen=True)
class Element:
    """An element of a page with the text in it."""

    tag: str
    attributes: Attributes
    text: str


@dataclass(frozen=True)
class Page:
    """What a function answered.

    Attributes:
        headers: The value of each header, by its name in lower case; cookies are a line each.
    """

    status: int
    headers: Mapping[str, str]
    html: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Page:
        """Read an answer for API Gateway; each header is there once, except for cookies."""
        headers = {name.lower(): values for name, values in answer["multiValueHeaders"].items()}
        assert all(len(values) == 1 for name, values in headers.items() if name != "set-cookie")
        assert answer["isBase64Encoded"] is False
        return cls(
            answer["statusCode"],
            {name: "\n".join(values) for name, values in headers.items()},
            answer["body"],
        )

    @property
    def elements(self) -> list[Element]:
        """Every element, in the order they begin."""
        return read(self.html)

    def all(self, tag: str) -> list[Element]:
        """Every element of a kind."""
        return [each for each in self.elements if each.tag == tag]

    @property
    def heading(self) -> str:
        """The one heading of the page."""
        (heading,) = self.all("h1")
        return heading.text

    @property
    def text(self) -> str:
        """Everything that can be read on the page."""
        (body,) = self.all("body")
        return body.text

    @property
    def token(self) -> str:
        """The form's token."""
        (token,) = (each for each in self.all("input") if each.attributes["name"] == "token")
        return token.attributes["value"]

    @property
    def problems(self) -> list[str]:
        """What is wrong with what was typed, each with a link to where."""
        links = self.all("a")
        return [each.text for each in links if each.attributes["href"].startswith("#")]


def read(html: str) -> list[Element]:
    """Read a document, and insist on elements that are closed in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], f"not closed: {reader.open}"
    return list(reader.finished())


_EMPTY: Final = {"meta", "input", "br", "hr", "img", "link"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[int] = []
        self._found: list[tuple[str, Attributes, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}: {names}"
        self._found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in _EMPTY:
            self.open.append(len(self._found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self._found[self.open.pop()][0] == tag, f"{tag} is closed too early or too late"

    def handle_data(self, data: str) -> None:
        if self.open and self._found[self.open[-1]][0] == "style":
            self._found[self.open[-1]][2].append(data)
            return
        for number in self.open:
            self._found[number][2].append(data)

    def finished(self) -> Iterator[Element]:
        for tag, attributes, texts in self._found:
            text = "".join(texts) if tag == "style" else " ".join("".join(texts).split())
            yield Element(tag, attributes, text)
