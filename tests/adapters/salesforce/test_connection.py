"""The connection: kept for a check, bounded in time and size, verified, and what breaks it."""

from __future__ import annotations

import contextlib
import gc
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import Fault, FaultKind, Phase, RunningOrg, SalesforceSimulator
from tests.adapters.salesforce.certificates import Authority, self_signed
from tests.adapters.salesforce.lab import (
    CONSUMER_KEY,
    HOST,
    Lab,
    failure_in,
    gateway_to,
    public_pem,
    snapshot_in,
)
from tests.adapters.salesforce.scripted import ADDRESS, Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_inventory import composite, good_parts
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import page, row
from tests.builders import a_registration
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.http_client.trouble import Trouble, trouble_of
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import (
    AppCredentials,
    HttpSalesforceGateway,
    SalesforceSettings,
)
from zoom_migrator.adapters.salesforce.connection import OrgConnection
from zoom_migrator.adapters.salesforce.errors import CheckFailed
from zoom_migrator.domain.check import CheckFailure, CheckResult
from zoom_migrator.domain.failure import FailureCode

type Serve = Callable[[ssl.SSLContext], AbstractContextManager[Lab]]

WELL = (answer(a_token_answer()), page(row()), composite(good_parts()))


def check(
    server: ScriptedServer,
    credentials: AppCredentials,
    clock: SettableClock,
    *replies: Reply,
    **settings: Any,
) -> CheckResult:
    server.will_reply(*replies)
    gateway = gateway_to(server.base_url, credentials, clock, **settings)
    return gateway.check(a_registration(host=HOST))


# One connection


def test_all_requests_of_a_check_share_one_connection(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    snapshot = snapshot_in(check(scripted, credentials, clock, *WELL))

    assert snapshot.unknown == {}
    assert (len(scripted.received), scripted.connections) == (3, 1)


def test_a_connection_that_the_server_ends_after_an_answer_is_opened_anew(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    login = http(200, WELL[0].data.partition(b"\r\n\r\n")[2], {"Connection": "close"})
    ending = Reply(login.data, closes=True)

    snapshot_in(check(scripted, credentials, clock, ending, *WELL[1:]))

    assert scripted.connections == 2


def test_an_answer_in_chunks_is_read_completely(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    body = WELL[1].data.partition(b"\r\n\r\n")[2]
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    snapshot_in(check(scripted, credentials, clock, WELL[0], Reply(head + chunks), WELL[2]))

    assert scripted.connections == 1


def test_no_connection_is_left_open(lab: Lab, org: RunningOrg) -> None:
    lab.seen(org)
    org.faults.add(Fault(kind=FaultKind.HUGE_BODY, phase=Phase.TOOLING))
    lab.failure(org)

    # A socket that is forgotten while open warns when it is collected, which fails the test.
    gc.collect()


# Failures


@pytest.mark.parametrize("phase", [Phase.TOKEN, Phase.TOOLING])
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.RESET_BEFORE, FailureCode.CONNECTION_FAILED),
        (FaultKind.RESET_MID, FailureCode.CONNECTION_FAILED),
        (FaultKind.TRUNCATED, FailureCode.CONNECTION_FAILED),
        (FaultKind.CUT_JSON, FailureCode.MALFORMED_ANSWER),
        (FaultKind.HTML_OK, FailureCode.MALFORMED_ANSWER),
        (FaultKind.HUGE_BODY, FailureCode.MALFORMED_ANSWER),
        (FaultKind.MAINTENANCE, FailureCode.SERVICE_UNAVAILABLE),
        (FaultKind.SERVER_ERROR, FailureCode.SERVICE_UNAVAILABLE),
        (FaultKind.TOO_MANY_REQUESTS, FailureCode.SERVICE_UNAVAILABLE),
        (FaultKind.ENHANCE_YOUR_CALM, FailureCode.SERVICE_UNAVAILABLE),
    ],
)
def test_what_goes_wrong_on_the_way_is_told_apart(
    lab: Lab, org: RunningOrg, phase: Phase, kind: FaultKind, code: FailureCode
) -> None:
    org.faults.add(Fault(kind=kind, phase=phase))

    failure = lab.failure(org)

    assert failure.code is code
    assert failure.http_calls == len(lab.simulator.requests)


def test_a_passing_failure_is_not_tried_again_within_a_check(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.RESET_BEFORE, phase=Phase.TOOLING, times=1))

    failure = lab.failure(org)

    assert failure.code is FailureCode.CONNECTION_FAILED
    assert len(lab.simulator.requests_to(HOST, Phase.TOOLING)) == 1


def test_the_next_check_after_a_failure_starts_afresh(lab: Lab, org: RunningOrg) -> None:
    gateway = lab.gateway()
    org.faults.add(Fault(kind=FaultKind.RESET_MID, times=1))

    failure_in(gateway.check(lab.registration(org)))

    snapshot_in(gateway.check(lab.registration(org)))


def test_a_server_that_is_not_there_is_a_failed_connection(
    credentials: AppCredentials, clock: SettableClock
) -> None:
    with socket.create_server((ADDRESS, 0)) as closed:
        port = closed.getsockname()[1]

    gateway = gateway_to(f"http://{ADDRESS}:{port}", credentials, clock)
    failure = failure_in(gateway.check(a_registration(host=HOST)))

    assert (failure.code, failure.detail) == (FailureCode.CONNECTION_FAILED, "Connection refused")
    assert failure.http_calls == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(closes=True), FailureCode.CONNECTION_FAILED),
        (Reply(resets=True), FailureCode.CONNECTION_FAILED),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Len", closes=True), FailureCode.MALFORMED_ANSWER),
        (Reply(b"220 mail.example ESMTP\r\n", closes=True), FailureCode.MALFORMED_ANSWER),
        (Reply(b"\x00" * 100, closes=True), FailureCode.MALFORMED_ANSWER),
        (Reply(b"HTTP/1.1 200 " + b"x" * 70_000, closes=True), FailureCode.MALFORMED_ANSWER),
        (
            Reply(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", closes=True),
            FailureCode.MALFORMED_ANSWER,
        ),
        (
            Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\n12345", closes=True),
            FailureCode.MALFORMED_ANSWER,
        ),
        (
            Reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", closes=True),
            FailureCode.CONNECTION_FAILED,
        ),
        (http(200, b'{"a": 1}', {"Content-Length": "9000"}), FailureCode.CONNECTION_FAILED),
        (http(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}), FailureCode.MALFORMED_ANSWER),
    ],
    ids=lambda value: value.data[:40].decode(errors="replace") if isinstance(value, Reply) else "",
)
def test_bytes_that_are_no_answer_are_a_failure(
    scripted: ScriptedServer,
    credentials: AppCredentials,
    clock: SettableClock,
    reply: Reply,
    code: FailureCode,
) -> None:
    ended = Reply(reply.data, resets=reply.resets, closes=not reply.resets)

    failure = failure_in(check(scripted, credentials, clock, ended))

    assert failure.code is code


def test_an_error_that_nobody_foresaw_is_a_failed_connection_named_by_its_kind_only() -> None:
    trouble = trouble_of(urllib3.exceptions.HTTPError("with a secret"))

    assert trouble == (Trouble.CONNECTION_FAILED, "HTTPError")


def test_an_answer_larger_than_the_limit_is_not_read_to_its_end(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    endless = Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000000\r\n\r\n" + b"x" * 300_000)

    failure = failure_in(check(scripted, credentials, clock, endless, max_body_bytes=200_000))

    assert (failure.code, failure.http_status) == (FailureCode.MALFORMED_ANSWER, 200)
    assert "more than 200000 bytes" in failure.detail


def test_what_is_left_of_an_answer_is_never_taken_for_the_next_one(
    scripted: ScriptedServer,
) -> None:
    scripted.will_reply(http(200, b"x" * 300), http(200, b"second"))
    connection = OrgConnection(
        HOST,
        settings=SalesforceSettings(connect_to=scripted.base_url, max_body_bytes=100),
        tls=tls_context(),
        deadline=Deadline(30),
    )

    with contextlib.closing(connection):
        with pytest.raises(CheckFailed):
            connection.send("GET", "/first", headers={})
        answer_to_second = connection.send("GET", "/second", headers={})

    assert answer_to_second.body == b"second"


def test_an_answer_just_within_the_limit_is_read(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    longest = max(len(reply.data.partition(b"\r\n\r\n")[2]) for reply in WELL)

    result = check(scripted, credentials, clock, *WELL, max_body_bytes=longest)

    assert snapshot_in(result).unknown == {}


# Time


def test_a_server_that_says_nothing_times_out(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    silent = Reply(stalls=True)

    failure = failure_in(check(scripted, credentials, clock, silent, read_timeout_seconds=0.05))

    assert (failure.code, failure.http_calls) == (FailureCode.TIMED_OUT, 1)


def test_a_server_that_stops_in_the_middle_times_out(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    stopped = Reply(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"acc', stalls=True)

    failure = failure_in(check(scripted, credentials, clock, stopped, read_timeout_seconds=0.05))

    assert failure.code is FailureCode.TIMED_OUT


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX-Filler: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    ],
)
def test_an_answer_that_trickles_in_forever_ends_at_the_checks_deadline(
    credentials: AppCredentials, clock: SettableClock, start: bytes
) -> None:
    # Every byte arrives well within the read time-out, so only the deadline can end this.
    with socket.create_server((ADDRESS, 0)) as listener:
        gone = threading.Event()
        server = threading.Thread(target=_trickle, args=(listener, start, gone))
        server.start()
        gateway = gateway_to(
            f"http://{ADDRESS}:{listener.getsockname()[1]}",
            credentials,
            clock,
            read_timeout_seconds=30,
            check_timeout_seconds=0.2,
        )

        failure = failure_in(gateway.check(a_registration(host=HOST)))

        gone.set()
        server.join()
    assert (failure.code, failure.http_calls) == (FailureCode.TIMED_OUT, 1)


def _trickle(listener: socket.socket, start: bytes, gone: threading.Event) -> None:
    client, _ = listener.accept()
    with client:
        try:
            client.sendall(start)
            while not gone.wait(0.005):
                client.sendall(b"x")
        except OSError:
            return


def test_a_check_whose_time_is_up_sends_nothing_more(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    # Each look at the watch takes ten seconds: the login fits into 50, the query does not.
    seconds = iter(range(0, 10_000, 10))
    scripted.will_reply(*WELL)
    gateway = gateway_to(
        scripted.base_url, credentials, clock, monotonic=lambda: float(next(seconds))
    )

    failure = failure_in(gateway.check(a_registration(host=HOST)))

    assert failure.code is FailureCode.TIMED_OUT
    assert len(scripted.received) <= 1


# Names


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.EAI_NONAME, FailureCode.HOST_NOT_FOUND),
        (socket.EAI_NODATA, FailureCode.HOST_NOT_FOUND),
        (socket.EAI_AGAIN, FailureCode.CONNECTION_FAILED),
        (socket.EAI_FAIL, FailureCode.CONNECTION_FAILED),
    ],
)
def test_a_name_that_does_not_exist_is_told_from_a_name_server_in_trouble(
    credentials: AppCredentials,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    error: int,
    code: FailureCode,
) -> None:
    def look_up(*_: object, **__: object) -> object:
        raise socket.gaierror(error, "look-up failed")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    gateway = HttpSalesforceGateway(
        SalesforceSettings(), credentials=lambda: credentials, clock=clock
    )

    assert failure_in(gateway.check(a_registration(host=HOST))).code is code


def test_without_an_override_the_orgs_own_host_is_connected_to_on_port_443(
    credentials: AppCredentials, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[tuple[object, ...]] = []

    def look_up(*address: object, **_: object) -> object:
        looked_up.append(address[:2])
        raise socket.gaierror(socket.EAI_NONAME, "look-up failed")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    gateway = HttpSalesforceGateway(
        SalesforceSettings(), credentials=lambda: credentials, clock=clock
    )

    gateway.check(a_registration(host=HOST))

    assert looked_up == [(HOST, 443)]


# TLS


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def serve(app_key: rsa.RSAPrivateKey, authority: Authority, clock: SettableClock) -> Serve:
    """Serves the simulator over TLS to a gateway that trusts the test's authority alone."""

    @contextmanager
    def serving(tls: ssl.SSLContext) -> Iterator[Lab]:
        with SalesforceSimulator(
            consumer_key=CONSUMER_KEY,
            public_key_pem=public_pem(app_key),
            tls=tls,
            clock=lambda: clock.now().timestamp(),
        ) as simulator:
            credentials = AppCredentials(CONSUMER_KEY, app_key)
            yield Lab(simulator, credentials, clock, tls_context(str(authority.ca_file)))

    return serving


def test_an_org_with_a_valid_certificate_is_checked(serve: Serve, authority: Authority) -> None:
    with serve(authority.server(HOST)) as lab:
        snapshot = lab.seen(lab.add())

    assert (snapshot.http_calls, dict(snapshot.unknown)) == (3, {})


def _refusal(serve: Serve, tls: ssl.SSLContext) -> CheckFailure:
    """How a check of a server with a bad certificate fails; no request may have reached it."""
    with serve(tls) as lab:
        failure = lab.failure(lab.add())
        assert lab.simulator.requests == []
    return failure


def test_a_certificate_for_another_host_is_refused(serve: Serve, authority: Authority) -> None:
    failure = _refusal(serve, authority.server("other.my.salesforce.com"))

    assert failure.code is FailureCode.TLS_FAILED
    assert "Hostname mismatch" in failure.detail


def test_an_expired_certificate_is_refused(serve: Serve, authority: Authority) -> None:
    failure = _refusal(serve, authority.server(HOST, expired=True))

    assert failure.code is FailureCode.TLS_FAILED
    assert "expired" in failure.detail


def test_a_self_signed_certificate_is_refused(serve: Serve, tmp_path: Path) -> None:
    failure = _refusal(serve, self_signed(tmp_path, HOST))

    assert failure.code is FailureCode.TLS_FAILED
    assert "self-signed" in failure.detail


def test_a_certificate_of_an_unknown_authority_is_refused(serve: Serve, tmp_path: Path) -> None:
    failure = _refusal(serve, Authority(tmp_path, "Somebody").server(HOST))

    assert failure.code is FailureCode.TLS_FAILED


def test_the_systems_authorities_do_not_know_the_tests(serve: Serve, authority: Authority) -> None:
    with serve(authority.server(HOST)) as lab:
        trusting_the_system = Lab(lab.simulator, lab.credentials, lab.clock)
        failure = trusting_the_system.failure(lab.add())

    assert failure.code is FailureCode.TLS_FAILED


def test_a_server_that_speaks_no_tls_is_refused(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    with socket.create_server((ADDRESS, 0)) as listener:
        server = threading.Thread(target=_greet, args=(listener,))
        server.start()
        address = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        failure = failure_in(
            gateway_to(address, credentials, clock).check(a_registration(host=HOST))
        )
        server.join()

    assert failure.code is FailureCode.TLS_FAILED


def _greet(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.sendall(b"220 mail.example ESMTP\r\n")
        client.recv(1)


def test_a_server_that_hangs_up_during_the_handshake_may_recover(
    credentials: AppCredentials, clock: SettableClock
) -> None:
    with socket.create_server((ADDRESS, 0)) as listener:
        server = threading.Thread(target=_hang_up, args=(listener,))
        server.start()
        address = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        failure = failure_in(
            gateway_to(address, credentials, clock).check(a_registration(host=HOST))
        )
        server.join()

    assert failure.code is FailureCode.CONNECTION_FAILED


def _hang_up(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(65_536)


def test_a_handshake_that_never_ends_times_out(
    credentials: AppCredentials, clock: SettableClock
) -> None:
    # The kernel accepts the connection; nobody ever answers on it.
    with socket.create_server((ADDRESS, 0)) as listener:
        address = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        gateway = gateway_to(address, credentials, clock, connect_timeout_seconds=0.05)
        failure = failure_in(gateway.check(a_registration(host=HOST)))

    assert failure.code is FailureCode.TIMED_OUT


# Threads


def test_many_threads_get_each_its_own_orgs_answer(serve: Serve, authority: Authority) -> None:
    with serve(authority.server("*.my.salesforce.com")) as lab:
        orgs = [lab.add(f"acme{n}.my.salesforce.com", name=f"Acme {n}") for n in range(48)]
        gateway = lab.gateway()
        with ThreadPoolExecutor(16) as pool:
            results = list(pool.map(lambda org: gateway.check(lab.registration(org)), orgs))

    facts = [snapshot_in(result).org for result in results]
    assert [one.name for one in facts if one] == [f"Acme {n}" for n in range(48)]
