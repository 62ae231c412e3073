"""From a request to an answer, without HTTP: finds the org, applies faults, calls the resource."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from local.salesforce import composite, oauth, refusals, rest
from local.salesforce.errors import ApiError, OAuthError, not_found, session_invalid
from local.salesforce.faults import COMBINING, SPOILING, Fault, FaultKind, Phase
from local.salesforce.model import SimulatedUser
from local.salesforce.org import RunningOrg
from local.salesforce.records import Viewer
from local.salesforce.reply import Delivery, Reply
from local.salesforce.secrecy import without_secrets
from local.salesforce.world import LOOPBACK_HOSTS, RecordedRequest, World

_TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105 - a path


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in."""

    method: str
    target: str
    host: str
    base_url: str
    authorization: str
    body: bytes

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(urlsplit(self.target).path)

    @property
    def token(self) -> str:
        """The bearer token, or an empty text."""
        scheme, _, token = self.authorization.partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "oauth") else ""

    @property
    def loopback_url(self) -> str | None:
        """The request's own address if it was sent to a loopback host."""
        return self.base_url if self.host in LOOPBACK_HOSTS else None


@dataclass(slots=True)
class Admitted:
    """A request whose org and faults are known; it waits out its latency before it is answered."""

    incoming: Incoming
    phase: Phase
    org: RunningOrg | None
    token_request: oauth.TokenRequest | None
    faults: Sequence[Fault]
    document: object = None

    @property
    def delay_seconds(self) -> float:
        """How long the answer is held back."""
        return sum(one.milliseconds for one in self.faults if one.kind is FaultKind.LATENCY) / 1000


def admit(world: World, incoming: Incoming) -> Admitted:
    """Find the org of a request and the faults that hit it."""
    path = incoming.path.rstrip("/")
    phase = _phase(path)
    token_request = None
    if phase is Phase.TOKEN:
        token_request = oauth.TokenRequest.read(
            incoming.body, incoming.authorization, incoming.host, incoming.loopback_url
        )
        org = world.for_login(token_request)
    else:
        org = world.for_call(incoming.host, incoming.token)
    target = unquote_plus(incoming.target)
    faults = world.faults.take(phase, target, incoming.method)
    if org is not None:
        replaced = any(one.kind not in COMBINING for one in faults)
        mine = org.faults.take(phase, target, incoming.method)
        faults += [one for one in mine if not replaced or one.kind in COMBINING]
    return Admitted(incoming, phase, org, token_request, faults)


def answer(world: World, admitted: Admitted) -> Reply:
    """Carry a request out, unless a fault is in the way, and log it."""
    fault = next((one for one in admitted.faults if one.kind not in COMBINING), None)
    if fault is None or fault.kind in SPOILING:
        reply = _carried_out(world, admitted)
        if fault is not None:
            reply = refusals.spoiled(fault, reply)
    else:
        reply = refusals.instead(fault, admitted.phase)
        _add_limit_header(admitted, reply)
    world.record(_recorded(admitted, reply))
    return reply


def _phase(path: str) -> Phase:
    if path == _TOKEN_PATH:
        return Phase.TOKEN
    if path.endswith("/composite"):
        return Phase.COMPOSITE
    return Phase.TOOLING if "/tooling" in path else Phase.DATA


def _carried_out(world: World, admitted: Admitted) -> Reply:
    try:
        if admitted.token_request is not None:
            return _login(world, admitted, admitted.token_request)
        reply = _called(world, admitted)
    except OAuthError as error:
        return _json_reply(error.status, error.body())
    except ApiError as error:
        reply = _json_reply(error.status, error.body())
    _add_limit_header(admitted, reply)
    return reply


def _login(world: World, admitted: Admitted, request: oauth.TokenRequest) -> Reply:
    if admitted.incoming.method != "POST":
        raise OAuthError("invalid_request", "must use HTTP POST")
    body = oauth.token(request, admitted.org, world.app, world.clock)
    for fault in admitted.faults:
        if fault.kind is FaultKind.WRONG_ORG_ID:
            body = oauth.wrong_org(body, fault.org_id)
        elif fault.kind is FaultKind.FOREIGN_INSTANCE_URL:
            body = {**body, "instance_url": fault.instance_url}
    return _json_reply(200, body)


def _called(world: World, admitted: Admitted) -> Reply:
    incoming, org = admitted.incoming, admitted.org
    path = incoming.path.rstrip("/")
    if org is None:
        return refusals.no_such_site()
    if path == rest.ROOT:
        return _json_reply(200, rest.versions(org.document.api_version))
    user = org.session_user(incoming.token)
    if path == "/services/oauth2/userinfo" or path.startswith("/id/"):
        if user is None:
            return Reply(403, b"Bad_OAuth_Token", "text/html;charset=UTF-8")
        return _json_reply(200, oauth.userinfo(org, user, incoming.loopback_url))
    if user is None:
        raise session_invalid()
    _count_call(org)
    if not path.startswith(rest.ROOT + "/"):
        raise not_found()
    result = _resource(world, admitted, org, user)
    body = b"" if result.body is None else json.dumps(result.body).encode()
    return Reply(result.status, body, headers=dict(result.headers))


def _resource(
    world: World, admitted: Admitted, org: RunningOrg, user: SimulatedUser
) -> rest.Answer:
    incoming = admitted.incoming
    oddities = frozenset(one.kind for one in admitted.faults if one.kind in COMBINING)
    target = urlsplit(incoming.target)
    call = rest.Call(
        Viewer(org, user, world.published, oddities),
        incoming.method,
        unquote(target.path),
        dict(parse_qsl(target.query)),
        incoming.body,
    )
    if admitted.phase is not Phase.COMPOSITE:
        return rest.handle(call)
    if incoming.method == "POST":
        admitted.document = call.json()
        call = rest.Call(call.viewer, call.method, call.path, call.parameters, admitted.document)
    tooling = "/tooling/" in incoming.path
    return composite.handle(call, (world.faults, org.faults), tooling=tooling)


def _count_call(org: RunningOrg) -> None:
    if org.api_used >= org.document.daily_api_limit:
        raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", refusals.TOTAL_REQUESTS)
    org.api_used += 1


def _add_limit_header(admitted: Admitted, reply: Reply) -> None:
    org = admitted.org
    if org is not None and admitted.phase is not Phase.TOKEN:
        usage = f"api-usage={org.api_used}/{org.document.daily_api_limit}"
        reply.headers["Sforce-Limit-Info"] = usage


def _json_reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode())


def _recorded(admitted: Admitted, reply: Reply) -> RecordedRequest:
    incoming = admitted.incoming
    broken = reply.delivery in (Delivery.RESET_BEFORE, Delivery.RESET_MID)
    return RecordedRequest(
        method=incoming.method,
        host=incoming.host,
        target=without_secrets(incoming.target),
        status=0 if broken else reply.status,
        phase=admitted.phase,
        org=admitted.org.host if admitted.org is not None else None,
        subrequests=composite.targets(admitted.document),
    )
