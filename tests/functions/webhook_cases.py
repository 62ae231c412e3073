"""Hostile, broken and unlucky requests to Zoom's webhook, and what becomes of each.

Cases are functions, so that the same ones run against the function called with events, over HTTP,
against anything deployed elsewhere, and against webhooks that were broken on purpose, of which each
has to be caught. Ids as in the list of hostile inputs that the product is held to; those that begin
with X are its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

from tests.functions.resources import WEBHOOK_TOKEN
from tests.functions.webhook_worlds import (
    PLAIN,
    REPLACED,
    SIGNATURE,
    TIMESTAMP,
    Letter,
    World,
)
from tests.visits import Page
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.signed_request import signature_of
from zoom_migrator.domain.zoom_event import MAX_EVENT_BYTES

type Case = Callable[[World], None]

CASES: Final[dict[str, Case]] = {}
# These need to reach into what the webhook stands on.
INSIDE: Final[dict[str, Case]] = {}

# Somebody whom the product has no grant of.
NOBODY: Final = "nobody-of-whom-there-is-"
STRICT: Final = {
    "cache-control": "no-store",
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
# Zoom waits for three seconds.
ANSWER_SECONDS: Final = 3.0


def case(number: str, *, inside: bool = False) -> Callable[[Case], Case]:
    """Enter a case under its id and name."""

    def enter(function: Case) -> Case:
        cases = INSIDE if inside else CASES
        cases[f"{number} {function.__name__.replace('_', ' ')}"] = function
        return function

    return enter


def said(page: Page) -> dict[str, Any]:
    """What an answer says: a JSON object, never nothing, and never a page."""
    assert page.headers["content-type"].partition(";")[0] == "application/json", page.status
    answer = json.loads(page.html)
    assert isinstance(answer, dict)
    assert answer
    return answer


def is_refused(page: Page) -> None:
    """The answer to whoever is not Zoom: constant, and without anything that was computed."""
    assert page.status == 401, (page.status, page.html)
    assert said(page) == {"error": "not_signed"}


def is_untouched(world: World) -> None:
    """Nobody has anything looked at, nothing was asked of Zoom, and the org is as it was."""
    assert world.orders() == []
    assert world.zoom_calls() == 0
    assert world.is_connected()


def about_nobody(world: World) -> bytes:
    """An event about somebody of whom there is no grant."""
    return world.event(user_id=NOBODY)


def signature_in(letter: Letter) -> str:
    """What a letter is signed with."""
    return dict(letter.headers)[SIGNATURE]


def with_header(letter: Letter, name: str, *values: str) -> Letter:
    """The letter with these values of a header, and no others."""
    others = tuple(each for each in letter.headers if each[0] != name)
    return replace(letter, headers=(*others, *((name, value) for value in values)))


def encrypted(plain_token: str, secret: str = WEBHOOK_TOKEN) -> str:
    """What Zoom expects as the answer to a challenge. Source: Zoom, "Validate your webhook"."""
    return hmac.new(secret.encode(), plain_token.encode(), hashlib.sha256).hexdigest()


# Who signs


@case("W01")
def signatures_that_are_missing_short_or_of_another_version(world: World) -> None:
    letter = world.signed(about_nobody(world))
    good = signature_in(letter)
    digest = good.removeprefix("v0=")

    for forged in (
        *("", "v0", "v0=", digest, f"v1={digest}", f"v={digest}", f"V0={digest}"),
        *(good[:-1], good[:35], good[:4], f"{good}0", good.upper(), f"v0=={digest}"),
        *(f"v0={'0' * 64}", f"v0={digest[::-1]}", f"v0= {digest}", f"{good},{good}"),
        f"v0={hashlib.sha256(letter.body).hexdigest()}",
    ):
        is_refused(world.send(with_header(letter, SIGNATURE, forged)))

    is_untouched(world)


@case("W01")
def no_signature_or_no_timestamp(world: World) -> None:
    letter = world.signed(about_nobody(world))

    is_refused(world.send(with_header(letter, SIGNATURE)))
    is_refused(world.send(with_header(letter, TIMESTAMP)))
    is_refused(world.send(Letter(letter.body)))

    is_untouched(world)


@case("W01")
def a_signature_by_somebody_else(world: World) -> None:
    for secret in ("somebody-elses-token", "", world.subject.client_id, REPLACED):
        is_refused(world.send(world.signed(about_nobody(world), secret=secret)))

    is_untouched(world)


@case("W01")
def a_signature_of_another_body(world: World) -> None:
    letter = world.signed(world.event("meeting.started"))

    is_refused(world.send(replace(letter, body=about_nobody(world))))

    is_untouched(world)


@case("W01", inside=True)
def two_signatures_of_which_one_is_right(world: World) -> None:
    letter = world.signed(about_nobody(world))
    good, bad = signature_in(letter), f"v0={'0' * 64}"

    for both in ((good, bad), (bad, good), (good, good)):
        is_refused(world.send(with_header(letter, SIGNATURE, *both)))

    is_untouched(world)


@case("W01")
def the_verification_token_that_zoom_has_given_up(world: World) -> None:
    headers = (("authorization", WEBHOOK_TOKEN), (TIMESTAMP, str(int(world.now().timestamp()))))

    is_refused(world.send(Letter(about_nobody(world), headers)))

    is_untouched(world)


# When it was signed


@case("W02")
def right_signatures_that_are_too_old_or_from_the_future(world: World) -> None:
    for age in (310, 3_600, 86_400 * 365, -310, -3_600, -86_400 * 365):
        is_refused(world.send(world.signed(about_nobody(world), age=age)))

    is_untouched(world)


@case("W02")
def right_signatures_of_timestamps_that_are_none(world: World) -> None:
    body, now = about_nobody(world), int(world.now().timestamp())

    for timestamp in (
        *("", "0", "now", f"{now}.0", f"{now}000", f"+{now}", f"-{now}", f"0x{now:x}"),
        *(f"{now:e}", "9" * 40, f"{now},{now}"),
    ):
        headers = (
            (TIMESTAMP, timestamp),
            (SIGNATURE, signature_of(body, timestamp, WEBHOOK_TOKEN)),
        )
        is_refused(world.send(Letter(body, headers)))

    is_untouched(world)


@case("W02")
def a_clock_that_is_a_few_minutes_off_is_forgiven(world: World) -> None:
    for age in (270, -270):
        assert world.send(world.signed(world.event(), age=age)).status == 200

    assert len(world.orders()) == 2


# What was signed


@case("W03")
def the_body_is_taken_as_it_came(world: World) -> None:
    compact = world.event()
    document = json.loads(compact)

    for body in (
        json.dumps(document, indent=2).encode(),
        json.dumps(document, sort_keys=True).encode() + b"\n",
        b"  " + compact + b"\r\n",
        compact.replace(b"app_deauthorized", b"\\u0061pp_deauthorized"),
        compact.replace(b'"18f3b817d5"', '"Zoë \U0001f511"'.encode()),
    ):
        assert world.send(world.signed(body)).status == 200

    assert len(world.orders()) == 5


@case("W03")
def a_body_that_was_written_anew_is_refused(world: World) -> None:
    letter = world.signed(about_nobody(world))
    document = json.loads(letter.body)

    for body in (json.dumps(document).encode(), letter.body + b"\n", b" " + letter.body):
        is_refused(world.send(replace(letter, body=body)))

    is_untouched(world)


@case("W03")
def a_body_that_comes_encoded_is_decoded_first(world: World) -> None:
    assert world.send(world.signed(world.event(), is_base64=True)).status == 200

    assert len(world.orders()) == 1


@case("W03")
def bytes_that_are_no_text_are_no_event(world: World) -> None:
    page = world.send(world.signed(about_nobody(world) + b"\xff\xfe\x00"))

    assert page.status in (400, 401)
    assert said(page)
    is_untouched(world)


# Once more


@case("W05")
def the_same_event_again_is_taken_once(world: World) -> None:
    letter = world.signed(world.event())

    assert [world.send(letter).status for _ in range(5)] == [200] * 5

    assert len(world.orders()) == 1


@case("W05")
def the_same_event_five_times_at_once_is_not_lost(world: World) -> None:
    letter = world.signed(world.event())

    with ThreadPoolExecutor(5) as threads:
        pages = list(threads.map(world.send, [letter] * 5))

    assert [page.status for page in pages] == [200] * 5
    assert 1 <= len(world.orders()) <= 5


# The challenge


@case("W06")
def a_challenge_that_nobody_signed_is_no_oracle(world: World) -> None:
    genuine = world.signed(world.challenge())

    for letter in (
        Letter(genuine.body),
        with_header(genuine, SIGNATURE, f"v0={'0' * 64}"),
        world.signed(world.challenge(), secret="somebody-elses-token"),
        world.signed(world.challenge(), age=310),
    ):
        page = world.send(letter)
        is_refused(page)
        assert encrypted(PLAIN) not in page.html


@case("W06")
def a_challenge_that_zoom_signed_is_answered_every_time(world: World) -> None:
    letter = world.signed(world.challenge())

    for _ in range(3):
        page = world.send(letter)
        assert page.status == 200
        assert said(page) == {
            "plainToken": PLAIN,
            "encryptedToken": encrypted(PLAIN),
        }

    is_untouched(world)


@case("W06")
def nothing_but_a_token_is_signed_for_anybody(world: World) -> None:
    """Otherwise whoever has one signed event signs any other by it."""
    now = int(world.now().timestamp())

    tokens: list[object] = [
        *("", "short", "a" * 65, 7, None, True, [], {"plainToken": PLAIN}),
        f"v0:{now}:" + about_nobody(world).decode(),
        *("with blanks in it", "line\nbreaks", "v0:1654503849:"),
    ]
    for token in tokens:
        page = world.send(world.signed(world.challenge(token)))
        assert (page.status, "encryptedToken" in page.html) == (400, False)


# At once, and later


@case("W07")
def an_event_is_answered_before_anything_is_asked(world: World) -> None:
    world.send(world.signed(world.event("meeting.started")))
    began = time.monotonic()

    page = world.send(world.signed(world.event()))

    assert time.monotonic() - began < ANSWER_SECONDS
    assert page.status == 200
    assert world.zoom_calls() == 0
    assert len(world.orders()) == 1


@case("W09")
def an_app_that_was_removed_is_gone_for_the_org(world: World) -> None:
    world.remove_app()

    assert world.send(world.signed(world.event())).status == 200
    assert world.is_connected()
    world.work_off()

    (order,) = world.orders()
    assert order.is_signed
    assert world.grant().status is GrantStatus.DEAD
    assert world.grant().sealed == ""
    # Nothing is removed without an authorization and its proof.
    assert not world.is_connected()
    assert world.org().verification is None


@case("W09")
def an_event_that_is_not_true_changes_nothing(world: World) -> None:
    assert world.send(world.signed(world.event())).status == 200
    world.work_off()

    assert world.grant().status is GrantStatus.LIVE
    assert world.is_connected()


# What is not in the list


@case("X01")
def a_body_that_is_too_long_is_not_even_looked_at(world: World) -> None:
    for body in (b" " * (MAX_EVENT_BYTES + 1), b"\xff" * (MAX_EVENT_BYTES + 1)):
        page = world.send(world.signed(body))
        assert page.status == 413
        assert said(page)
    longest = world.event() + b" " * (MAX_EVENT_BYTES - len(world.event()))
    assert world.send(world.signed(longest)).status == 200

    assert len(world.orders()) == 1


@case("X02")
def methods_that_zoom_does_not_use(world: World) -> None:
    letter = world.signed(about_nobody(world))

    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert world.send(replace(letter, method=method)).status in (403, 404, 405)

    is_untouched(world)


@case("X03")
def signed_bodies_that_are_no_events(world: World) -> None:
    strange: list[object] = [None, 7, "", "a b", "x" * 129, [], {}, "../..", "\x00"]
    bodies = [
        *(b"", b"{", b"null", b"[]", b'"event"', b"7", b"NaN", b"{}", b"\x00"),
        *(b'{"event":null}', b'{"event":7,"payload":{}}', b"[" * 60_000, b'{"a":' * 10_000),
        b"event=app_deauthorized&user_id=7",
        *(world.event(user_id=each) for each in strange),
        *(world.event(account_id=each, user_id=NOBODY) for each in strange),
    ]

    for body in bodies:
        page = world.send(world.signed(body))
        assert page.status == 400, body[:60]
        assert said(page) == {"error": "malformed"}

    is_untouched(world)


@case("X04")
def nothing_of_a_request_is_printed_or_answered(world: World) -> None:
    canaries = {"payload": {"user_id": "canary-7", "note": "canary-8"}, "event": "canary-9"}
    hostile = json.dumps(canaries).encode()
    genuine = world.signed(world.event(note="canary-8"))
    forged = world.signed(world.event(note="canary-8"), secret="canary-10-token")

    for letter in (
        *(genuine, forged, Letter(hostile), world.signed(b"canary-7 is no JSON")),
        with_header(genuine, SIGNATURE, "v0=canary-7"),
        with_header(genuine, TIMESTAMP, "canary-7"),
        world.signed(world.challenge("canary-7 <script>")),
        world.signed(b"canary-7" * 10_000),
    ):
        world.send(letter)

    printed = world.logged()
    for secret in ("canary-", signature_in(genuine), signature_in(forged), WEBHOOK_TOKEN):
        assert secret not in printed
        assert all(secret not in page.html for page in world.answers)
        assert secret not in world.dump()
    assert world.subject.user_id not in printed
    assert [json.loads(line) for line in printed.splitlines()]


@case("X05")
def a_forged_event_has_only_the_one_grant_looked_at_that_it_names(world: World) -> None:
    for _ in range(5):
        is_refused(world.send(world.signed(world.event(), secret="somebody-elses-token")))
        is_refused(world.send(Letter(world.event())))
        is_refused(world.send(world.signed(world.event(), age=310)))

    (order,) = world.orders()
    assert not order.is_signed
    assert order.user_id == world.subject.user_id
    assert world.is_connected()


@case("X05")
def a_forged_event_finds_out_what_is_true_and_nothing_else(world: World) -> None:
    world.send(world.signed(world.event(), secret="somebody-elses-token"))
    world.work_off()

    assert world.grant().status is GrantStatus.LIVE
    assert world.is_connected()


@case("X05")
def nobody_learns_by_forging_which_grants_there_are(world: World) -> None:
    known = world.send(world.signed(world.event(), secret="somebody-elses-token"))
    unknown = world.send(world.signed(about_nobody(world), secret="somebody-elses-token"))

    changing = ("date", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2")
    headers = [
        {name: value for name, value in page.headers.items() if name not in changing}
        for page in (known, unknown)
    ]
    assert (known.status, known.html, headers[0]) == (unknown.status, unknown.html, headers[1])


@case("X06", inside=True)
def without_a_token_nothing_is_signed_and_nobody_is_alarmed(world: World) -> None:
    world.store('{"current": "", "previous": ""}')
    for letter in (world.signed(world.event()), Letter(b""), world.signed(world.challenge())):
        is_refused(world.send(letter))

    printed = [json.loads(line) for line in world.logged().splitlines()]
    assert not any(line.get("level") == "ERROR" for line in printed)
    assert any(line.get("outcome") == "not_set_up" for line in printed)
    is_untouched(world)


@case("X06", inside=True)
def with_a_damaged_token_zoom_is_told_to_come_again(world: World) -> None:
    world.store("not JSON, canary-7")
    for letter in (world.signed(world.event()), Letter(b""), world.signed(world.challenge())):
        page = world.send(letter)
        assert page.status == 503
        assert said(page)["error"] == "not_set_up"
        assert "canary-7" not in page.html

    printed = [json.loads(line) for line in world.logged().splitlines()]
    assert any(line.get("level") == "ERROR" for line in printed)
    assert "canary-7" not in world.logged()
    is_untouched(world)


@case("X07", inside=True)
def both_tokens_count_while_one_is_replaced(world: World) -> None:
    world.store(json.dumps({"current": WEBHOOK_TOKEN, "previous": REPLACED}))

    for age, secret in enumerate((WEBHOOK_TOKEN, REPLACED)):
        page = world.send(world.signed(world.challenge(), secret=secret))
        assert said(page)["encryptedToken"] == encrypted(PLAIN, secret)
        letter = world.signed(world.event(number=age), secret=secret)
        assert world.send(letter).status == 200
    is_refused(world.send(world.signed(about_nobody(world), secret="a-third-token-0123")))

    assert [order.is_signed for order in world.orders()] == [True, True]


@case("X08")
def every_answer_is_kept_by_nobody_and_guessed_at_by_nobody(world: World) -> None:
    for letter in (
        world.signed(world.event()),
        world.signed(world.challenge()),
        world.signed(b"[]"),
        Letter(b"[]"),
        world.signed(b" " * (MAX_EVENT_BYTES + 1)),
    ):
        page = world.send(letter)
        assert {name: page.headers[name] for name in STRICT} == STRICT
        assert "set-cookie" not in page.headers
        assert "access-control-allow-origin" not in page.headers


@case("X09")
def names_of_headers_are_the_same_in_any_case(world: World) -> None:
    letter = world.signed(world.event())
    titled = tuple((name.title(), value) for name, value in letter.headers)

    assert world.send(replace(letter, headers=titled)).status == 200

    assert len(world.orders()) == 1


@case("X10")
def events_about_anything_else_are_taken_and_forgotten(world: World) -> None:
    for name in ("meeting.started", "user.created", "app.authorization_request_created", ""):
        assert world.send(world.signed(world.event(name))).status == 200

    is_untouched(world)


@case("X12", inside=True)
def an_event_that_the_queue_did_not_take_is_taken_the_next_time(world: World) -> None:
    letter = world.signed(world.event())
    world.stop_queue()
    page = world.send(letter)
    assert (page.status, said(page)["error"]) == (503, "unavailable")
    world.start_queue()

    assert world.send(letter).status == 200

    assert len(world.orders()) == 1
