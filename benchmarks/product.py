"""The product's own contestants: the scan alone, the whole function, and the recording alone."""

from __future__ import annotations

import json
import os
import ssl
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.measure import Measurement, measure
from benchmarks.order import Order, WrongAnswer, expect_version
from benchmarks.registration import registered
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway, SalesforceSettings
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.scan import ScanBatch, ScanResult
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import OrgRepository, ScanRepository
from zoom_migrator.use_cases.scan_batch import ScanPorts, scan_batch

_MINIMUM: Final = PackageVersion(3, 27)
_SECONDS_LEFT: Final = 900.0
_CALLS_OF_A_CHECK: Final = 3
_SCAN_ID: Final = "benchmark"
_THREADS_OF_THE_REGISTRATION: Final = 16


def this_scan(order: Order) -> Measurement:
    """The production use case with the production gateway; results stay in memory."""
    ports = _ports_in_memory(order, _gateway(order, tls_context(order.trusted)))
    measurement = measure(len(order.members), lambda: _scan(order, ports))
    _expect_results(order, list(ports.scans.results(_SCAN_ID)))
    return measurement


def whole_function(order: Order) -> Measurement:
    """The Lambda function as deployed: handler, gateway, DynamoDB writes, log line."""
    _set_environment(order)
    # After the environment is set, as in Lambda.
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from functions.scan_orgs.app import lambda_handler
    from zoom_migrator.bootstrap.scan_orgs import scan_orgs_app

    class Context(LambdaContext):
        _function_name = "scan_orgs"
        _aws_request_id = "benchmark"

        @staticmethod
        def get_remaining_time_in_millis() -> int:
            return int(_SECONDS_LEFT * 1_000)

    ports = scan_orgs_app().ports
    _register(order, ports.orgs)
    ids = [member.org_id for member in order.members]
    event = {"scan_id": _SCAN_ID, "batch_number": 1, "org_ids": ids}
    measurement = measure(len(ids), lambda: lambda_handler(event, Context()))
    after = ports.orgs.get_many(ids)
    for member in order.members:
        snapshot = after[member.org_id].snapshot
        found = snapshot.package.version.full if snapshot and snapshot.package else ""
        expect_version(found, order, member.host)
    return measurement


def recording_in_memory(order: Order) -> Measurement:
    """The use case alone: nothing is asked, results stay in memory."""
    ports = _ports_in_memory(order, _answers(order))
    return measure(len(order.members), lambda: _scan(order, ports))


def recording_changes(order: Order) -> Measurement:
    """A first scan's writes: every org's status changes, so each is a transaction."""
    return _recording(order, lambda ports: measure(len(order.members), lambda: _scan(order, ports)))


def recording_again(order: Order) -> Measurement:
    """A later scan's writes: no status changes."""

    def twice(ports: ScanPorts) -> Measurement:
        _scan(order, ports)
        return measure(len(order.members), lambda: _scan(order, ports))

    return _recording(order, twice)


def _recording(order: Order, run: Callable[[ScanPorts], Measurement]) -> Measurement:
    _set_environment(order)
    from zoom_migrator.bootstrap.scan_orgs import scan_orgs_app

    ports = replace(scan_orgs_app().ports, salesforce=_answers(order))
    _register(order, ports.orgs)
    return run(ports)


def _scan(order: Order, ports: ScanPorts) -> None:
    scan_batch(
        ScanBatch(_SCAN_ID, 1, tuple(member.org_id for member in order.members)),
        ports=ports,
        minimum=_MINIMUM,
        threads=order.threads,
        seconds_left=lambda: _SECONDS_LEFT,
    )


def _ports_in_memory(
    order: Order, salesforce: HttpSalesforceGateway | MemorySalesforceGateway
) -> ScanPorts:
    orgs: OrgRepository = InMemoryOrgRepository()
    scans: ScanRepository = InMemoryScanRepository()
    _register(order, orgs)
    return ScanPorts(orgs, scans, salesforce, SystemClock())


def _register(order: Order, orgs: OrgRepository) -> None:
    with ThreadPoolExecutor(_THREADS_OF_THE_REGISTRATION) as pool:
        list(pool.map(lambda member: orgs.save(registered(member)), order.members))


def _gateway(order: Order, tls: ssl.SSLContext) -> HttpSalesforceGateway:
    clock = SystemClock()
    return HttpSalesforceGateway(
        SalesforceSettings(connect_to=order.address),
        credentials=StoredCredentials(lambda: _secret(order), clock),
        clock=clock,
        tls=tls,
    )


def _secret(order: Order) -> str:
    key = Path(order.private_key).read_text("ascii")
    return json.dumps({"consumer_key": order.consumer_key, "private_key": key})


def _answers(order: Order) -> MemorySalesforceGateway:
    """A gateway that answers at once, with what one real check found."""
    member = order.members[0]
    found = _gateway(order, tls_context(order.authority)).check(registered(member).registration)
    if isinstance(found, CheckFailure):
        raise WrongAnswer(f"{member.host}: {found.code} {found.detail}")
    gateway = MemorySalesforceGateway()
    for each in order.members:
        gateway.will_answer(each.org_id, found)
    return gateway


def _set_environment(order: Order) -> None:
    os.environ |= {
        "AWS_ENDPOINT_URL": order.aws,
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TABLE_NAME": "benchmark",
        "SALESFORCE_SECRET_ARN": "benchmark",
        "SALESFORCE_CONNECT_TO": order.address,
        "SCAN_THREADS": str(order.threads),
        # OpenSSL's own variable: what it takes for the system's authorities.
        "SSL_CERT_FILE": order.trusted,
    }


def _expect_results(order: Order, results: list[ScanResult]) -> None:
    versions = {result.org_id: result.version for result in results}
    for member in order.members:
        expect_version(versions.get(member.org_id, ""), order, member.host)
    calls = Counter(result.http_calls for result in results)
    if set(calls) != {_CALLS_OF_A_CHECK}:
        raise WrongAnswer(f"calls an org: {dict(calls)}, not {_CALLS_OF_A_CHECK}")
