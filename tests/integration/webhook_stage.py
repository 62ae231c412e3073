"""Zoom's webhook on the deployed stack, with a queue that its function works on or does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tests.functions.events import Event
from tests.functions.resources import WEBHOOK_TOKEN
from tests.functions.webhook_worlds import Http, Queue, Stores, World, a_connected_org
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.integration.authorization_stage import Stage, a_new_world, own_client
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.domain.grant import Grant, GrantSubject
from zoom_migrator.domain.org import Org

PROBE: Final = "zoom-migrator-probe-grants"
_FUNCTIONS: Final = ("zoom-webhook", "probe-grants")


@dataclass(frozen=True)
class Connected:
    """A stack with one org, which is connected."""

    stage: Stage
    stores: Stores
    subject: GrantSubject

    @property
    def org(self) -> Org:
        found = self.stores.orgs.get(self.subject.org_id)
        assert found is not None
        return found

    @property
    def grant(self) -> Grant:
        found = self.stores.grants.get(self.subject.grant_id)
        assert found is not None
        return found


def hand_over_token(stage: Stage) -> None:
    """Store the token that Zoom signs with, as an operator does."""
    stored = stage.operator.types("setup", "zoom-webhook", answer=WEBHOOK_TOKEN)
    assert stored.returncode == 0, stored.stderr
    stage.zoom_app.webhook_secret = WEBHOOK_TOKEN
    stage.zoom_app.webhook_url = stage.stack.outputs["ZoomWebhookUrl"]


def connected(stage: Stage) -> Connected:
    """The stack with an empty table but for one connected org, and a Zoom that knows of it."""
    pages = a_new_world(stage)
    vault = KmsGrantVault(own_client(stage, "kms"), stage.stack.outputs["GrantKeyArn"])
    stores = Stores(pages.orgs, pages.grants, vault)
    return Connected(stage, stores, a_connected_org(stage.zoom, stage.zoom_app, stores))


@contextmanager
def nobody_at_the_queue(stage: Stage) -> Iterator[None]:
    """Keep the function from the queue's messages, so that they can be seen."""
    functions = stage.root.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=PROBE)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def deployed_webhook(stage: Stage) -> World:
    """The deployed webhook, whose queue nobody works on by themselves."""
    inside, began = connected(stage), datetime.now(UTC)
    asked = len(stage.zoom.requests)
    queue = Queue(
        stage.root.client("sqs"),
        stage.stack.outputs["ProbeQueueUrl"],
        lambda event: _probed(stage, event),
    )
    # What an earlier test has left there.
    queue.orders()
    queue.taken.clear()
    return World(
        post=Http(stage.pages.base_url),
        now=lambda: datetime.now(UTC),
        subject=inside.subject,
        org=lambda: inside.org,
        grant=lambda: inside.grant,
        orders=queue.orders,
        work_off=queue.work_off,
        remove_app=lambda: _removed(stage),
        zoom_calls=lambda: len(stage.zoom.requests) - asked,
        dump=lambda: json.dumps(stage.items(), default=str),
        logged=lambda: "\n".join(_printed(stage, began)),
        store=_not_from_outside,
        stop_queue=_not_from_outside,
        start_queue=_not_from_outside,
    )


def _probed(stage: Stage, event: Event) -> dict[str, Any]:
    answer = stage.root.client("lambda").invoke(FunctionName=PROBE, Payload=json.dumps(event))
    answered: dict[str, Any] = json.loads(answer["Payload"].read())
    return answered


def _removed(stage: Stage) -> None:
    stage.zoom.remove_app(ZOOM_ADMIN, stage.zoom_app, notify=False)


def _printed(stage: Stage, began: datetime) -> Iterator[str]:
    """The product's own lines; what Lambda itself says of an invocation is no JSON."""
    for message in stage.log_lines(*_FUNCTIONS, since=began):
        yield from (line for line in message.splitlines() if line.startswith("{"))


def _not_from_outside(*_: object) -> None:
    raise NotImplementedError
