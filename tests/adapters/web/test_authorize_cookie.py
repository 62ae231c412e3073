"""What a browser keeps of the attempts that were begun in it."""

from __future__ import annotations

import pytest

from tests.browsing import SetCookie
from tests.visits import a_visit
from zoom_migrator.adapters.web.authorize_cookie import (
    AttemptCookie,
    beginning,
    browser_of,
    cookie_of,
    cookies_of,
)
from zoom_migrator.adapters.web.request import Request

SECRET = "s" * 43
LINK = "authorize.00D5g0000000001EAA.1.secret.1784080800.signature_-"


def key(number: int) -> str:
    return f"{number:064x}"


def name(number: int) -> str:
    return f"__Host-authorize-{key(number)}"


def kept(number: int, *, link: str = LINK) -> AttemptCookie:
    return AttemptCookie(key(number), SECRET, link)


def with_cookies(header: str) -> Request:
    return Request.from_event(a_visit("link", headers={"Cookie": header}))


def test_a_cookie_is_for_this_host_only_out_of_reach_of_scripts_and_short_lived() -> None:
    cookie = SetCookie.parse(kept(1).lasting())

    assert cookie.name == name(1)
    assert cookie.attributes == {
        "max-age": "600",
        "path": "/",
        "secure": "",
        "httponly": "",
        "samesite": "Lax",
    }


@pytest.mark.parametrize("link", [LINK, ""])
def test_what_was_set_is_read_again(link: str) -> None:
    cookie = kept(1, link=link)
    sent = cookie.lasting().partition(";")[0]

    assert cookies_of(with_cookies(sent)) == (cookie,)


def test_the_newest_attempts_come_first() -> None:
    header = "; ".join(f"{name(number)}={SECRET}" for number in (1, 2, 3))

    found = cookies_of(with_cookies(f"other=1; {header}; more=2"))

    assert [each.key for each in found] == [key(3), key(2), key(1)]
    assert browser_of(found) == {key(3): SECRET, key(2): SECRET, key(1): SECRET}
    assert cookie_of(found, key(2)) == AttemptCookie(key(2), SECRET, "")
    assert cookie_of(found, key(4)) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";;=;",
        f"{name(1)}",
        f"{name(1)}=",
        f"{name(1)}={SECRET[1:]}",
        f"{name(1)}={SECRET}x",
        f"{name(1)}={SECRET}.",
        f"{name(1)}={SECRET}.{'x' * 161}",
        f'{name(1)}="{SECRET}"',
        f"{name(1)}={SECRET}.<script>",
        f"{name(1)[:-1]}={SECRET}",
        f"{name(1).upper()}={SECRET}",
        f"__Secure-authorize-{key(1)}={SECRET}",
        f"{name(1)}={SECRET}; {name(1)}={'t' * 43}",
    ],
)
def test_anything_else_is_left_out(header: str) -> None:
    assert cookies_of(with_cookies(header)) == ()


def test_a_new_attempt_lets_others_be_until_there_are_many() -> None:
    others = tuple(kept(number) for number in (5, 4, 3, 2, 1))

    assert [SetCookie.parse(line).name for line in beginning(kept(9), 300, kept=others[1:])] == [
        name(9)
    ]
    new, forgotten = map(SetCookie.parse, beginning(kept(9), 300, kept=others))
    assert (new.name, new.attributes["max-age"]) == (name(9), "300")
    assert (forgotten.name, forgotten.value, forgotten.attributes["max-age"]) == (name(1), "", "0")


def test_a_secret_shows_in_no_representation() -> None:
    assert SECRET not in repr(kept(1))
    assert LINK not in repr(kept(1))
