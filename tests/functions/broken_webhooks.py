"""Webhooks of Zoom's that are broken on purpose, each in one way that happens."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.cleanups import CleanupWorld
from tests.functions.authorization_worlds import everything_in
from tests.functions.resources import WEBHOOK_TOKEN
from tests.functions.webhook_worlds import PATH, SIGNATURE, TIMESTAMP, Calls, World
from tests.visits import Event
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.zoom_webhook import ZoomWebhook
from zoom_migrator.adapters.zoom.webhook_secrets import StoredWebhookSecrets, WebhookNotSetUp
from zoom_migrator.cleanup_ports import ProbeQueue, ReplayGuard
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.loss import LossCause
from zoom_migrator.domain.signed_request import SignedRequest, signature_of
from zoom_migrator.domain.zoom_event import (
    MAX_EVENT_BYTES,
    Deauthorized,
    ProbeOrder,
    UrlChallenge,
    read_event,
)
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import Clock
from zoom_migrator.use_cases.probe_grants import probe_grants
from zoom_migrator.use_cases.take_zoom_event import EventPorts

type Handle = Callable[[Event], dict[str, Any]]
type Make = Callable[[Parts], Handle]

BROKEN: Final[dict[str, tuple[str, Make]]] = {}


@dataclass
class Parts:
    """What a webhook is made of; those that are broken change some.

    Attributes:
        secret: What is stored for it.
    """

    world: CleanupWorld
    guard: ReplayGuard
    queue: ProbeQueue
    clock: Clock
    grants: GrantRepository
    secret: list[str] = field(
        default_factory=lambda: [json.dumps({"current": WEBHOOK_TOKEN, "previous": ""})]
    )

    @property
    def ports(self) -> EventPorts:
        return EventPorts(self.grants, self.guard, self.queue, self.clock)

    def webhook(self, kind: type[ZoomWebhook] = ZoomWebhook) -> ZoomWebhook:
        return kind(StoredWebhookSecrets(lambda: self.secret[-1], self.clock), self.ports)


def world_in_memory(make: Make, output: io.StringIO) -> World:
    """A webhook in this process, whole or broken, over stores and a Zoom in memory."""
    world = CleanupWorld()
    world.approved()
    world.zoom.forget_calls()
    parts = Parts(world, world.guard, world.queue, world.clock, world.grants)
    subject, worked_on = world.grant_of().subject, [0]

    def work_off() -> None:
        for order in world.queue.orders[worked_on[0] :]:
            probe_grants(order, ports=world.health_ports, settings=world.cleanup)
        worked_on[0] = len(world.queue.orders)

    def set_queue(*, is_down: bool) -> None:
        world.queue.is_down = is_down

    return World(
        post=Calls(make(parts)),
        now=world.clock.now,
        subject=replace(subject, org_id=world.org_id),
        org=lambda: world.org,
        grant=world.grant_of,
        orders=lambda: world.queue.orders,
        work_off=work_off,
        remove_app=lambda: world.zoom.deauthorize(subject.user_id),
        zoom_calls=lambda: len(world.zoom.calls),
        dump=lambda: everything_in(world.org, world.migration, world.grant_of()),
        logged=output.getvalue,
        store=parts.secret.append,
        stop_queue=lambda: set_queue(is_down=True),
        start_queue=lambda: set_queue(is_down=False),
    )


def answering(take: Callable[[Request], Visit]) -> Handle:
    """What the function does with its events."""
    routes = {PATH: {"POST": take}}
    return lambda event: answer_machine(event, routes=routes, reference="req-4711")


def healthy(parts: Parts) -> Handle:
    """The webhook as it is."""
    return answering(parts.webhook().take)


def broken(number: str) -> Callable[[Make], Make]:
    """Enter a webhook under what is wrong with it, with the id of the case that is about that."""

    def enter(make: Make) -> Make:
        BROKEN[make.__name__.replace("_", " ")] = (number, make)
        return make

    return enter


# What comes in is changed first, so that the whole webhook takes what it should refuse


def header_of(event: Event, name: str) -> str:
    """The last value of a header, in any case."""
    found = {key.lower(): values[-1] for key, values in event["multiValueHeaders"].items()}
    return str(found.get(name, ""))


def bytes_of(event: Event) -> bytes:
    """The body as it was sent."""
    body: str = event["body"] or ""
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def with_headers(event: Event, headers: Mapping[str, str]) -> Event:
    """The event with these headers in place of its own."""
    others = {
        name: values
        for name, values in event["multiValueHeaders"].items()
        if name.lower() not in headers
    }
    return event | {"multiValueHeaders": others | {name: [headers[name]] for name in headers}}


def signed_anew(event: Event, *, timestamp: str = "", body: bytes | None = None) -> Event:
    """The event as Zoom would have signed it."""
    timestamp = timestamp or header_of(event, TIMESTAMP)
    body = bytes_of(event) if body is None else body
    signature = signature_of(body, timestamp, WEBHOOK_TOKEN)
    return with_headers(event, {TIMESTAMP: timestamp, SIGNATURE: signature})


def is_genuine(event: Event) -> bool:
    """Whether Zoom signed it, whatever its age."""
    timestamp, given = header_of(event, TIMESTAMP), header_of(event, SIGNATURE)
    return given == signature_of(bytes_of(event), timestamp, WEBHOOK_TOKEN)


def now_of(parts: Parts) -> str:
    return str(int(parts.clock.now().timestamp()))


@broken("W01")
def signatures_are_not_checked(parts: Parts) -> Handle:
    handle = healthy(parts)
    return lambda event: handle(signed_anew(event, timestamp=now_of(parts)))


@broken("W01")
def the_beginning_of_a_signature_is_enough(parts: Parts) -> Handle:
    handle = healthy(parts)

    def lenient(event: Event) -> dict[str, Any]:
        whole = header_of(signed_anew(event), SIGNATURE)
        begins = whole.startswith(header_of(event, SIGNATURE))
        return handle(with_headers(event, {SIGNATURE: whole}) if begins else event)

    return lenient


@broken("W01")
def the_version_of_a_signature_is_not_looked_at(parts: Parts) -> Handle:
    handle = healthy(parts)

    def lenient(event: Event) -> dict[str, Any]:
        digest = header_of(event, SIGNATURE).rpartition("=")[2]
        return handle(with_headers(event, {SIGNATURE: f"v0={digest}"}))

    return lenient


@broken("W01")
def an_empty_token_is_a_token(parts: Parts) -> Handle:
    handle = healthy(parts)

    def lenient(event: Event) -> dict[str, Any]:
        empty = signature_of(bytes_of(event), header_of(event, TIMESTAMP), "")
        return handle(signed_anew(event) if header_of(event, SIGNATURE) == empty else event)

    return lenient


@broken("W02")
def timestamps_are_not_looked_at(parts: Parts) -> Handle:
    """As in Zoom's own library."""
    handle = healthy(parts)

    def lenient(event: Event) -> dict[str, Any]:
        return handle(signed_anew(event, timestamp=now_of(parts)) if is_genuine(event) else event)

    return lenient


@broken("W02")
def the_future_is_not_too_old(parts: Parts) -> Handle:
    handle = healthy(parts)

    def lenient(event: Event) -> dict[str, Any]:
        timestamp = header_of(event, TIMESTAMP)
        is_ahead = timestamp.isdecimal() and len(timestamp) < 13 and timestamp > now_of(parts)
        if is_ahead and is_genuine(event):
            return handle(signed_anew(event, timestamp=now_of(parts)))
        return handle(event)

    return lenient


@broken("W03")
def the_body_is_written_anew_before_it_is_verified(parts: Parts) -> Handle:
    """As in Zoom's own library."""
    handle = healthy(parts)

    def anew(event: Event) -> dict[str, Any]:
        try:
            compact = json.dumps(json.loads(bytes_of(event)), separators=(",", ":"))
        except ValueError:
            return handle(event)
        return handle(event | {"body": compact, "isBase64Encoded": False})

    return anew


@broken("W03")
def encoded_bodies_are_taken_as_they_are(parts: Parts) -> Handle:
    handle = healthy(parts)
    return lambda event: handle(event | {"isBase64Encoded": False})


class Forgetful:
    """A guard that remembers nothing."""

    def has_seen(self, event_id: str, *, now: datetime) -> bool:
        return False

    def remember(self, event_id: str, *, until: datetime) -> None:
        pass


@broken("W05")
def the_same_event_is_taken_every_time(parts: Parts) -> Handle:
    return healthy(replace(parts, guard=Forgetful()))


@broken("X05")
def a_forger_has_grants_looked_at_as_often_as_they_like(parts: Parts) -> Handle:
    return healthy(replace(parts, guard=Forgetful()))


@broken("X12")
def an_event_is_remembered_before_the_queue_has_it(parts: Parts) -> Handle:
    class Hasty(ZoomWebhook):
        def take(self, request: Request) -> Visit:
            key = request.header(SIGNATURE)
            if parts.guard.has_seen(key, now=parts.clock.now()):
                return super().take(replace(request, headers={}))
            parts.guard.remember(key, until=parts.clock.now() + timedelta(minutes=10))
            return super().take(request)

    return answering(parts.webhook(Hasty).take)


@broken("W06")
def challenges_are_answered_whoever_sends_them(parts: Parts) -> Handle:
    handle = healthy(parts)

    def obliging(event: Event) -> dict[str, Any]:
        if isinstance(read_event(bytes_of(event)), UrlChallenge):
            return handle(signed_anew(event, timestamp=now_of(parts)))
        return handle(event)

    return obliging


@broken("W06")
def anything_is_signed_that_a_challenge_brings(parts: Parts) -> Handle:
    handle = healthy(parts)

    def obliging(event: Event) -> dict[str, Any]:
        answer = handle(event)
        if answer["statusCode"] == 400 and is_genuine(event):
            token = str(json.loads(bytes_of(event))["payload"]["plainToken"])
            body = json.dumps(UrlChallenge(token).answer(WEBHOOK_TOKEN))
            return answer | {"statusCode": 200, "body": body}
        return answer

    return obliging


@broken("W06")
def a_challenge_is_answered_only_once(parts: Parts) -> Handle:
    handle, seen = healthy(parts), set[bytes]()

    def once(event: Event) -> dict[str, Any]:
        body = bytes_of(event)
        is_again = body in seen and b"url_validation" in body
        seen.add(body)
        return handle(event | {"body": "[]"} if is_again else event)

    return once


class AtOnce:
    """A queue in which nothing waits."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def put(self, order: ProbeOrder) -> None:
        world = self._parts.world
        self._parts.queue.put(order)
        probe_grants(order, ports=world.health_ports, settings=world.cleanup)


@broken("W07")
def zoom_is_asked_before_it_is_answered(parts: Parts) -> Handle:
    return healthy(replace(parts, queue=AtOnce(parts)))


class Credulous:
    """A queue that believes what an event says."""

    def __init__(self, parts: Parts, *, signed_only: bool) -> None:
        self._parts = parts
        self._signed_only = signed_only

    def put(self, order: ProbeOrder) -> None:
        self._parts.queue.put(order)
        if order.is_signed or not self._signed_only:
            self._parts.world.lose(LossCause.DEAUTHORIZED)


@broken("W09")
def an_event_is_believed(parts: Parts) -> Handle:
    return healthy(replace(parts, queue=Credulous(parts, signed_only=True)))


@broken("X05")
def even_a_forged_event_is_believed(parts: Parts) -> Handle:
    return healthy(replace(parts, queue=Credulous(parts, signed_only=False)))


@broken("W09")
def an_event_is_taken_and_nothing_comes_of_it(parts: Parts) -> Handle:
    class Nowhere:
        def put(self, order: ProbeOrder) -> None:
            pass

    return healthy(replace(parts, queue=Nowhere()))


@broken("X01")
def bodies_may_be_as_long_as_they_like(parts: Parts) -> Handle:
    handle = healthy(parts)

    def patient(event: Event) -> dict[str, Any]:
        if len(bytes_of(event)) > MAX_EVENT_BYTES:
            return handle(event | {"body": "[]", "isBase64Encoded": False})
        return handle(event)

    return patient


@broken("X02")
def any_method_will_do(parts: Parts) -> Handle:
    handle = healthy(parts)
    return lambda event: handle(event | {"httpMethod": "POST"})


@broken("X03")
def an_event_without_ids_breaks_it(parts: Parts) -> Handle:
    handle = healthy(parts)

    def careless(event: Event) -> dict[str, Any]:
        if is_genuine(event):
            json.loads(bytes_of(event))["payload"]["user_id"].strip()
        return handle(event)

    return careless


@broken("X04")
def requests_are_logged_as_they_come(parts: Parts) -> Handle:
    handle, log = healthy(parts), logging.getLogger("zoom_migrator.broken")

    def logged(event: Event) -> dict[str, Any]:
        log.info("request", extra={"body": event["body"]})
        return handle(event)

    return logged


@broken("X04")
def signatures_that_do_not_match_are_logged(parts: Parts) -> Handle:
    handle, log = healthy(parts), logging.getLogger("zoom_migrator.broken")

    def logged(event: Event) -> dict[str, Any]:
        log.info("signature", extra={"given": header_of(event, SIGNATURE)})
        return handle(event)

    return logged


@broken("X05")
def a_forged_event_counts_like_a_genuine_one(parts: Parts) -> Handle:
    class Trusting:
        def put(self, order: ProbeOrder) -> None:
            parts.queue.put(replace(order, is_signed=True))

    return healthy(replace(parts, queue=Trusting()))


@broken("X05")
def the_answer_tells_which_grants_there_are(parts: Parts) -> Handle:
    handle = healthy(parts)

    def telling(event: Event) -> dict[str, Any]:
        before = len(parts.world.queue.orders)
        answer = handle(event)
        if answer["statusCode"] == 401 and len(parts.world.queue.orders) > before:
            return answer | {"body": json.dumps({"error": "suspected"})}
        return answer

    return telling


@broken("X05")
def forged_events_are_dropped(parts: Parts) -> Handle:
    class Proud:
        def put(self, order: ProbeOrder) -> None:
            if order.is_signed:
                parts.queue.put(order)

    return healthy(replace(parts, queue=Proud()))


@broken("X06")
def a_missing_token_is_an_error_without_words(parts: Parts) -> Handle:
    class Blank(ZoomWebhook):
        def take(self, request: Request) -> Visit:
            try:
                return super().take(request)
            except InvalidSettings:
                raise KeyError("current") from None

    return answering(parts.webhook(Blank).take)


@broken("X06")
def whoever_has_no_webhook_is_alarmed_by_anybody(parts: Parts) -> Handle:
    class Alarmed(ZoomWebhook):
        def _secrets_for(self, signed: SignedRequest) -> tuple[str, ...]:
            try:
                return super()._secrets_for(signed)
            except WebhookNotSetUp as error:
                raise InvalidSettings(error.message) from None

    return answering(parts.webhook(Alarmed).take)


@broken("X07")
def only_the_current_token_counts(parts: Parts) -> Handle:
    class Forward(ZoomWebhook):
        def _secrets_for(self, signed: SignedRequest) -> tuple[str, ...]:
            return super()._secrets_for(signed)[:1]

    return answering(parts.webhook(Forward).take)


@broken("X07")
def challenges_are_answered_with_the_current_token(parts: Parts) -> Handle:
    handle = healthy(parts)

    def current(event: Event) -> dict[str, Any]:
        answer, asked = handle(event), read_event(bytes_of(event))
        if answer["statusCode"] == 200 and isinstance(asked, UrlChallenge):
            return answer | {"body": json.dumps(asked.answer(WEBHOOK_TOKEN))}
        return answer

    return current


@broken("X08")
def answers_may_be_kept(parts: Parts) -> Handle:
    handle = healthy(parts)

    def kept(event: Event) -> dict[str, Any]:
        answer = handle(event)
        del answer["multiValueHeaders"]["Cache-Control"]
        return answer

    return kept


@broken("X09")
def names_of_headers_have_to_be_in_small_letters(parts: Parts) -> Handle:
    handle = healthy(parts)

    def exact(event: Event) -> dict[str, Any]:
        small = {k: v for k, v in event["multiValueHeaders"].items() if k == k.lower()}
        return handle(event | {"multiValueHeaders": small, "headers": {}})

    return exact


@broken("X10")
def any_event_has_grants_looked_at(parts: Parts) -> Handle:
    handle = healthy(parts)

    def zealous(event: Event) -> dict[str, Any]:
        if is_genuine(event) and not isinstance(read_event(bytes_of(event)), Deauthorized):
            parts.queue.put(ProbeOrder("client", "account", "user", is_signed=True))
        return handle(event)

    return zealous
