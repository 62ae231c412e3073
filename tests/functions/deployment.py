"""The template's functions in this process: real handlers, each with the environment that the
template gives it, around them an AWS (moto), the simulators of Salesforce and Zoom, and a gateway
through which browsers reach the public pages.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from local.gateway import Gateway, Handlers
from local.salesforce import RunningOrg, SalesforceSimulator, SimulatedOrg, SimulatedWorld
from local.zoom import SimulatedApp, ZoomSimulator
from scripts.expand_template import ROOT
from scripts.statemachines import Definition
from tests.adapters.embedded_aws import REGION, client, embedded_aws
from tests.builders import NOW, a_registration, an_org
from tests.functions.disturbance import Disturbance
from tests.functions.logs import Line, captured_logs
from tests.functions.resources import (
    BUCKET,
    TABLE,
    Addresses,
    Created,
    create_resources,
    environments,
    public_paths,
)
from tests.functions.salesforce_app import SalesforceApp, do_not_wait
from tests.functions.zoom_app import a_zoom, registered
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.fleet_file import parse_fleet_file
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Environment, Org, StartPolicy
from zoom_migrator.domain.scan import Scan, ScanResult
from zoom_migrator.oauth_settings import CALLBACK_PATH

type Answer = dict[str, Any]


class Invocation(LambdaContext):
    """What Lambda tells a handler about its invocation."""

    def __init__(self, function: str, request_id: str, seconds_left: float) -> None:
        self._function_name = function
        self._aws_request_id = request_id
        self._seconds_left = seconds_left

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override] # static in the typing
        return int(self._seconds_left * 1000)


@dataclass
class Deployment:
    """The deployed functions and all that they work on.

    Attributes:
        zoom_app: The product's app at Zoom, with its secret.
        pages: The public pages, for browsers.
        environment: The variables of each function; tests may change them before the first call.
        output: Everything that the functions printed.
    """

    app: SalesforceApp
    simulator: SalesforceSimulator
    zoom: ZoomSimulator
    zoom_app: SimulatedApp
    pages: Gateway
    disturbance: Disturbance
    created: Created
    environment: dict[str, dict[str, str]]
    output: io.StringIO
    orgs: DynamoDbOrgRepository
    scans: DynamoDbScanRepository
    migrations: DynamoDbMigrationRepository
    running: list[RunningOrg] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    # A function runs in a process of its own on AWS; here they share the process's environment,
    # its output and the logger, so one runs at a time.
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def secret_arn(self) -> str:
        return self.created.secret_arn

    def invoke(
        self, function: str, event: object, *, request_id: str = "req-1", seconds_left: float = 240
    ) -> Answer:
        """Call a function as Lambda does: JSON in, JSON out, errors as they are."""
        handler = import_module(f"functions.{function}.app").lambda_handler
        context = Invocation(f"zoom-migrator-{function}", request_id, seconds_left)
        environment = patch.dict(os.environ, self.environment[function])
        with self._turn, environment, redirect_stdout(self.output):
            answer = handler(json.loads(json.dumps(event)), context)
        self.answers.append(json.loads(json.dumps(answer)))
        return self.answers[-1]

    def lines(self) -> list[Line]:
        """Every line that was printed, logs and metrics, each of which must be JSON."""
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    def forget_lines(self) -> None:
        """Take no notice of what was printed so far."""
        self.output.seek(0)
        self.output.truncate()

    def log(self, message: str | None = None) -> list[Line]:
        """The log lines, or those with this message."""
        logged = [line for line in self.lines() if "_aws" not in line]
        return [line for line in logged if message in (None, line["message"])]

    def metrics(self) -> list[dict[str, float]]:
        """The published metrics, each group by name."""
        return [
            {
                metric["Name"]: line[metric["Name"]][0]
                for group in line["_aws"]["CloudWatchMetrics"]
                for metric in group["Metrics"]
            }
            for line in self.lines()
            if "_aws" in line
        ]

    def register(self, *documents: SimulatedOrg) -> list[Org]:
        """Start orgs in the simulator and enter them in the fleet."""
        self.running += [self.simulator.add(document) for document in documents]
        return [self.orgs.save(_org_of(document)) for document in documents]

    def register_example_fleet(self) -> list[str]:
        """Start the orgs of the demo, enter the example fleet, and return its ids.

        No scan starts migrations of these orgs by itself.
        """
        orgs = ROOT / "local" / "demo_orgs.json"
        world = SimulatedWorld.model_validate_json(orgs.read_text(encoding="utf-8"))
        self.running += [self.simulator.add(document) for document in world.orgs]
        fleet = (ROOT / "examples" / "fleet.csv").read_bytes()
        rows = parse_fleet_file(fleet, allowed_domains=["my.salesforce.com"])
        for row in rows:
            registration = replace(row.registration, start_policy=StartPolicy.OPERATOR)
            self.orgs.save(an_org(registration=registration))
        return sorted(row.registration.org_id for row in rows)

    def org(self, org_id: str) -> Org:
        found = self.orgs.get(org_id)
        assert found is not None
        return found

    def migration(self, org_id: str, attempt: int = 1) -> Migration:
        found = self.migrations.get(org_id, attempt)
        assert found is not None
        return found

    def scan(self, scan_id: str) -> Scan:
        found = self.scans.get(scan_id)
        assert found is not None
        return found

    def results(self, scan_id: str) -> dict[str, ScanResult]:
        """What a scan found out, by org id."""
        return {result.org_id: result for result in self.scans.results(scan_id)}

    def manifest(self, scan_id: str) -> Any:
        return json.loads(self.objects()[self.manifest_address(scan_id)["Key"]])

    def manifest_address(self, scan_id: str) -> dict[str, str]:
        """Bucket and key of a scan's manifest, as S3's API calls them."""
        location = self.scan(scan_id).manifest
        assert location is not None
        return {"Bucket": location.bucket, "Key": location.key}

    def spoil_manifest(self, scan_id: str) -> None:
        """Put something into the place of a manifest that is no list of batches."""
        client("s3").put_object(**self.manifest_address(scan_id), Body=b"{}")

    def objects(self) -> dict[str, str]:
        """What is in the bucket."""
        s3 = client("s3")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}

    def items(self) -> list[dict[str, Any]]:
        """What is in the table."""
        return list(client("dynamodb").scan(TableName=TABLE)["Items"])

    def everything_left_behind(self) -> str:
        """All that the functions stored, printed and answered."""
        return self.everything_kept() + json.dumps(self.answers, ensure_ascii=False)

    def everything_kept(self) -> str:
        """All that the functions stored and printed; what browsers get is not among it."""
        left = json.dumps([self.items(), self.objects()], ensure_ascii=False)
        return left + self.output.getvalue()


@contextmanager
def deployed(
    monkeypatch: pytest.MonkeyPatch,
    app: SalesforceApp,
    *,
    migrate_org: Definition | None = None,
) -> Iterator[Deployment]:
    """The stack within the test process, for the length of the block."""
    disturbance = Disturbance()
    with (
        embedded_aws(monkeypatch),
        app.simulator() as simulator,
        a_zoom(do_not_wait) as zoom,
        Gateway() as pages,
        captured_logs() as output,
    ):
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
        disturbance.install(monkeypatch)
        zoom_app = registered(zoom, pages.base_url + CALLBACK_PATH)
        created = create_resources(app, zoom_app, migrate_org)
        forget_apps()
        table = Table(client("dynamodb"), TABLE)
        at = Addresses(simulator.base_url, zoom.base_url, pages.base_url)
        deployment = Deployment(
            app=app,
            simulator=simulator,
            zoom=zoom,
            zoom_app=zoom_app,
            pages=pages,
            disturbance=disturbance,
            created=created,
            environment=environments(created, at),
            output=output,
            orgs=DynamoDbOrgRepository(table),
            scans=DynamoDbScanRepository(table),
            migrations=DynamoDbMigrationRepository(table),
        )
        pages.connect(_handlers(deployment))
        yield deployment
    forget_apps()


def _handlers(deployment: Deployment) -> Handlers:
    return Handlers(
        {path: partial(deployment.invoke, function) for path, function in public_paths().items()}
    )


@cache
def _session() -> boto3.Session:
    """Shared by all tests: a session reads the description of a service only once."""
    return boto3.Session()


def forget_apps() -> None:
    """Have every function be composed anew, from whatever its environment says then."""
    # What the callback keeps out of the search for garbage includes what tests leave behind.
    gc.unfreeze()
    for name, module in list(sys.modules.items()):
        if name.startswith("zoom_migrator.bootstrap."):
            for member_name, member in vars(module).items():
                if hasattr(member, "cache_clear") and not member_name.startswith("_"):
                    member.cache_clear()


def _org_of(document: SimulatedOrg) -> Org:
    user = document.users[0]
    return an_org(
        registration=a_registration(
            org_id=document.org_id,
            display_name=document.name,
            host=document.host,
            environment=Environment.SANDBOX if document.sandbox else Environment.PRODUCTION,
            username=user.username,
        ),
        registered_at=NOW,
    )
