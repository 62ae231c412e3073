"""What Zoom's refusals mean: every body that clients have met, and every number of Zoom's table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer, http
from tests.adapters.zoom.lab import REDIRECT_URI, VERIFIER, failed, gateway_to
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind

C = ZoomFailureCode
K = ZoomFailureKind
API = "https://api.zoom.us"
USER = ZoomUser("user", "account", "ada@acme.example", 2)


@pytest.fixture
def gateway(scripted: ScriptedServer, clock: SettableClock) -> HttpZoomGateway:
    return gateway_to(scripted.base_url, clock)


def exchanged(gateway: HttpZoomGateway) -> ZoomFailure:
    return failed(gateway.exchange("code-canary", verifier=VERIFIER, redirect_uri=REDIRECT_URI))


@pytest.mark.parametrize(
    ("document", "status", "code", "kind"),
    [
        (
            {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
            400,
            C.CLIENT_REJECTED,
            K.CONFIGURATION,
        ),
        ({"error": "invalid_client"}, 401, C.CLIENT_REJECTED, K.CONFIGURATION),
        ({"error": "unauthorized_client"}, 400, C.CLIENT_REJECTED, K.CONFIGURATION),
        (
            {"reason": "Invalid Token!", "error": "invalid_grant"},
            400,
            C.GRANT_INVALID,
            K.TERMINAL,
        ),
        ({"error": "invalid_grant"}, 400, C.GRANT_INVALID, K.TERMINAL),
        (
            {"reason": "Invalid Token!", "error": "invalid_request"},
            400,
            C.GRANT_INVALID,
            K.TERMINAL,
        ),
        (
            {"reason": "Invalid authorization code hWRI", "error": "invalid_grant"},
            400,
            C.CODE_INVALID,
            K.TERMINAL,
        ),
        (
            {"reason": "Invalid authorization code hWRI", "error": "invalid_request"},
            400,
            C.CODE_INVALID,
            K.TERMINAL,
        ),
        (
            {"reason": "unsupported grant type", "error": "unsupported_grant_type"},
            400,
            C.GRANT_TYPE_REJECTED,
            K.CONFIGURATION,
        ),
        (
            {"reason": "Bad Request", "error": "invalid_request"},
            400,
            C.REQUEST_REJECTED,
            K.AMBIGUOUS,
        ),
        (
            {"reason": "Redirect URI mismatch", "error": "invalid_request"},
            400,
            C.REDIRECT_REJECTED,
            K.CONFIGURATION,
        ),
        ({"something": "else"}, 400, C.REQUEST_REJECTED, K.AMBIGUOUS),
        ({"error": "invalid_grant"}, 500, C.SERVER_ERROR, K.OUTCOME_UNKNOWN),
        ({"error": "invalid_grant"}, 429, C.RATE_LIMITED, K.TRANSIENT),
        ({"reason": "Invalid Token!"}, 503, C.SERVICE_UNAVAILABLE, K.TRANSIENT),
        ({"error": "invalid_grant", "access_token": "eyJ"}, 200, C.GRANT_INVALID, K.TERMINAL),
    ],
)
def test_a_refusal_of_the_token_endpoint_has_its_meaning(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    document: object,
    status: int,
    code: ZoomFailureCode,
    kind: ZoomFailureKind,
) -> None:
    scripted.will_reply(answer(document, status))

    failure = exchanged(gateway)

    assert (failure.code, failure.kind, failure.http_status) == (code, kind, status)
    assert len(scripted.received) == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (4700, C.REQUEST_REJECTED),
        (4702, C.CLIENT_REJECTED),
        (4704, C.CLIENT_REJECTED),
        (4705, C.GRANT_TYPE_REJECTED),
        (4706, C.CLIENT_REJECTED),
        (4709, C.REDIRECT_REJECTED),
        (4711, C.GRANT_INVALID),
        (4717, C.APP_DISABLED),
        (4732, C.SERVICE_UNAVAILABLE),
        (4733, C.CODE_INVALID),
        (4734, C.CODE_INVALID),
        (4735, C.GRANT_INVALID),
        (4737, C.GRANT_INVALID),
        (4738, C.GRANT_INVALID),
        (4740, C.GRANT_INVALID),
        (4741, C.GRANT_INVALID),
    ],
)
@pytest.mark.parametrize("name", ["code", "errorCode"])
def test_a_number_of_zooms_table_has_its_meaning(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    number: int,
    name: str,
    code: ZoomFailureCode,
) -> None:
    scripted.will_reply(answer({name: number, "message": "Something."}, 400))

    assert exchanged(gateway).code is code


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        ({"code": 124, "message": "Invalid access token."}, 401, C.ACCESS_TOKEN_REJECTED),
        ({"code": 124, "message": "Access token is expired."}, 401, C.ACCESS_TOKEN_EXPIRED),
        ({"code": 201, "message": "Access token is expired."}, 401, C.ACCESS_TOKEN_EXPIRED),
        ({}, 401, C.ACCESS_TOKEN_REJECTED),
        ({"code": 1001, "message": "User does not exist"}, 404, C.USER_NOT_FOUND),
        ({"code": 300, "message": "endpoint unknown"}, 404, C.REQUEST_REJECTED),
        (
            {"code": 200, "message": "Account does not enabled REST API."},
            200,
            C.REST_API_DISABLED,
        ),
        ({"code": 300, "message": "Validation Failed."}, 200, C.REQUEST_REJECTED),
        ({"code": 429, "message": "Too many concurrent requests."}, 429, C.RATE_LIMITED),
        ({}, 500, C.SERVER_ERROR),
        ({}, 503, C.SERVICE_UNAVAILABLE),
        ({}, 302, C.MALFORMED_ANSWER),
        ([], 200, C.MALFORMED_ANSWER),
        ({"id": "user"}, 200, C.MALFORMED_ANSWER),
        ({"id": "user", "account_id": "a", "email": "nobody"}, 200, C.MALFORMED_ANSWER),
        ({"id": "us er", "account_id": "a", "email": "a@b"}, 200, C.MALFORMED_ANSWER),
    ],
)
def test_a_refusal_of_the_api_has_its_meaning(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    document: object,
    status: int,
    code: ZoomFailureCode,
) -> None:
    scripted.will_reply(answer(document, status))

    assert failed(gateway.user("access-canary", api_url=API)).code is code


@pytest.mark.parametrize(
    ("number", "message", "names"),
    [
        (
            4711,
            "Invalid access token, does not contain scopes:[user:read:user:admin].",
            ("user:read:user:admin",),
        ),
        (
            104,
            "Invalid access token, does not contain scopes: [user:read, user:read:admin]",
            ("user:read", "user:read:admin"),
        ),
        (4711, "Invalid access token, does not contain scopes:[<script>,a:b].", ("a:b",)),
        (4711, "Something else", ()),
    ],
)
def test_scopes_that_are_missing_are_named(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    number: int,
    message: str,
    names: tuple[str, ...],
) -> None:
    scripted.will_reply(answer({"code": number, "message": message}, 400))

    failure = failed(gateway.user("access-canary", api_url=API))

    assert (failure.code, failure.missing_scopes) == (C.SCOPE_MISSING, names)


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Retry-After": "2026-07-02T00:00:00Z"}, datetime(2026, 7, 2, tzinfo=UTC)),
        (
            {"Retry-After": "Thu, 02 Jul 2026 00:00:00 GMT"},
            datetime(2026, 7, 2, tzinfo=UTC),
        ),
        ({"X-RateLimit-Reset": "1782950400"}, datetime(2026, 7, 2, tzinfo=UTC)),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "9" * 40}, None),
        ({}, None),
    ],
)
def test_a_limit_says_when_it_ends_in_one_of_several_ways(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    headers: dict[str, str],
    moment: datetime | None,
) -> None:
    scripted.will_reply(answer({"code": 429, "message": "Too many."}, 429, headers))

    assert failed(gateway.user("access-canary", api_url=API)).retry_at == moment


def test_what_zooms_support_asks_for_is_kept(
    scripted: ScriptedServer, gateway: HttpZoomGateway
) -> None:
    tracking = "v=2.0;clid=us02;rid=WEB_0123456789abcdef"
    scripted.will_reply(answer({"error": "invalid_grant"}, 400, {"x-zm-trackingid": tracking}))

    assert exchanged(gateway).tracking_id == tracking


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (
            {"zoom_phone": False, "webinar": True},
            ZoomProducts(Possession.YES, Possession.NO, Possession.YES),
        ),
        ({"zoom_phone": "yes"}, ZoomProducts(Possession.YES)),
        (None, ZoomProducts(Possession.YES)),
        ([], ZoomProducts(Possession.YES)),
    ],
)
def test_products_that_are_not_told_are_unknown(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    feature: object,
    expected: ZoomProducts,
) -> None:
    scripted.will_reply(answer({"feature": feature}))

    assert gateway.products("access-canary", USER, api_url=API) == expected


@pytest.mark.parametrize(
    ("user_type", "meetings"),
    [
        (1, Possession.YES),
        (2, Possession.YES),
        (4, Possession.NO),
        (99, Possession.NO),
        (3, Possession.UNKNOWN),
        (None, Possession.UNKNOWN),
    ],
)
def test_meetings_depend_on_the_type_of_the_user(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    user_type: int | None,
    meetings: Possession,
) -> None:
    scripted.will_reply(answer({"feature": {}}))
    user = ZoomUser("user", "account", "ada@acme.example", user_type)

    assert gateway.products("access-canary", user, api_url=API) == ZoomProducts(meetings)


GOOD = {
    "access_token": "eyJ-access-canary",
    "token_type": "bearer",
    "refresh_token": "eyJ-refresh-canary",
    "expires_in": 3599,
    "scope": "user:read:user user:read:settings",
}


@pytest.mark.parametrize(
    "document",
    [
        [],
        "tokens",
        None,
        *({name: value for name, value in GOOD.items() if name != left} for left in GOOD),
        {**GOOD, "token_type": "mac"},
        {**GOOD, "access_token": ""},
        {**GOOD, "access_token": 7},
        {**GOOD, "access_token": "two\r\nlines"},
        {**GOOD, "access_token": "x" * 8_193},
        {**GOOD, "refresh_token": None},
        {**GOOD, "expires_in": -1},
        {**GOOD, "expires_in": 0},
        {**GOOD, "expires_in": 10**9},
        {**GOOD, "expires_in": "3600"},
        {**GOOD, "expires_in": True},
        {**GOOD, "scope": ["user:read"]},
        {**GOOD, "scope": "x" * 300},
    ],
)
def test_c34_tokens_that_are_not_as_they_should_be_are_no_tokens(
    scripted: ScriptedServer, gateway: HttpZoomGateway, document: object
) -> None:
    scripted.will_reply(answer(document))

    failure = exchanged(gateway)

    assert (failure.code, failure.kind) == (C.MALFORMED_ANSWER, K.OUTCOME_UNKNOWN)
    assert "canary" not in repr(failure)


@pytest.mark.parametrize(
    ("told", "api_url"),
    [
        ({}, "https://api.zoom.us"),
        ({"api_url": None}, "https://api.zoom.us"),
        ({"api_url": "https://api-us.zoom.us/"}, "https://api-us.zoom.us"),
        ({"api_url": "http://api.zoom.us"}, "https://api.zoom.us"),
        ({"api_url": "https://user@evil.example"}, "https://api.zoom.us"),
        ({"api_url": "https://evil.example"}, "https://evil.example"),
    ],
)
def test_where_the_accounts_api_is_comes_from_the_answer(
    scripted: ScriptedServer, gateway: HttpZoomGateway, told: dict[str, object], api_url: str
) -> None:
    scripted.will_reply(answer({**GOOD, **told}))

    tokens = gateway.refresh("refresh-canary")

    assert not isinstance(tokens, ZoomFailure)
    assert tokens.api_url == api_url


@pytest.mark.parametrize(
    "api_url",
    [
        "https://evil.example",
        "https://api.zoom.us.evil.example",
        "https://evil.example/api.zoom.us",
        "http://api.zoom.us",
        "https://zoom.us",
        "",
    ],
)
def test_a_token_is_sent_to_allowed_hosts_only(
    scripted: ScriptedServer, gateway: HttpZoomGateway, api_url: str
) -> None:
    for answered in (
        gateway.user("access-canary", api_url=api_url),
        gateway.products("access-canary", USER, api_url=api_url),
    ):
        failure = failed(answered)
        assert (failure.code, failure.kind) == (C.HOST_NOT_ALLOWED, K.CONFIGURATION)
    assert scripted.received == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(closes=True), C.ANSWER_LOST),
        (Reply(resets=True), C.ANSWER_LOST),
        (
            Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", closes=True),
            C.ANSWER_LOST,
        ),
        (Reply(b"SSH-2.0-OpenSSH\r\n\r\n", closes=True), C.MALFORMED_ANSWER),
        (http(200, b"<html>Sign in</html>"), C.MALFORMED_ANSWER),
        (http(200, b"x" * 300_000), C.MALFORMED_ANSWER),
        (http(502, b"<html>Bad gateway</html>"), C.SERVER_ERROR),
        (http(200, b'{"access_token"'), C.MALFORMED_ANSWER),
        (http(200, b"\xff\xfe"), C.MALFORMED_ANSWER),
        (http(200, b"[" * 100_000), C.MALFORMED_ANSWER),
    ],
)
def test_c32_once_a_request_was_sent_a_broken_answer_proves_nothing(
    scripted: ScriptedServer, gateway: HttpZoomGateway, reply: Reply, code: ZoomFailureCode
) -> None:
    scripted.will_reply(reply, answer(GOOD))

    failure = exchanged(gateway)

    assert (failure.code, failure.kind) == (code, K.OUTCOME_UNKNOWN)
    assert len(scripted.received) == 1


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    gateway = gateway_to(scripted.base_url, clock, token_seconds=0.3)
    scripted.will_reply(Reply(b"HTTP/1.1 200 OK\r\n", stalls=True), answer(GOOD))

    failure = exchanged(gateway)

    assert (failure.code, failure.kind) == (C.ANSWER_LOST, K.OUTCOME_UNKNOWN)
    assert len(scripted.received) == 1


def test_where_nobody_listens_nothing_was_sent(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    with ScriptedServer() as gone:
        nobody = gone.base_url

    failure = exchanged(gateway_to(nobody, clock))

    assert (failure.code, failure.kind) == (C.NOT_CONNECTED, K.TRANSIENT)


def test_an_endless_answer_is_not_read_to_its_end(
    scripted: ScriptedServer, gateway: HttpZoomGateway
) -> None:
    scripted.will_reply(
        Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 400_000)
    )

    assert exchanged(gateway).code is C.MALFORMED_ANSWER


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        ({"status": "success"}, 200, None),
        ({}, 200, C.MALFORMED_ANSWER),
        ({"reason": "Invalid Token!", "error": "invalid_request"}, 400, C.GRANT_INVALID),
        ({"error": "invalid_client"}, 400, C.CLIENT_REJECTED),
        ({}, 500, C.SERVER_ERROR),
    ],
)
def test_a_grant_is_revoked_where_zoom_says_so(
    scripted: ScriptedServer,
    gateway: HttpZoomGateway,
    document: object,
    status: int,
    code: ZoomFailureCode | None,
) -> None:
    scripted.will_reply(answer(document, status))

    failure = gateway.revoke("access-canary")

    assert (failure.code if failure else None) is code
