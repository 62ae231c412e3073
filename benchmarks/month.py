"""What happens to a fleet in a month: ``python -m benchmarks.month``; prints what each part uses.

A daily scan, the runs of the two other schedules, one migration with everything that people do for
it, and its notices, each told in a message of its own, in Slack and by mail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

from benchmarks.counting import REQUESTS_A_MESSAGE
from benchmarks.prices import Unit, Usage, times
from benchmarks.stage import Stage, stage
from local.salesforce import SimulatedOrg
from tests.adapters.embedded_aws import client
from tests.functions.cleanups import Cleanups
from tests.functions.resources import TABLE
from tests.visits import a_visit
from zoom_migrator.adapters.dynamodb.keys import NOTICE, PARTITION, SORT, Item, org_partition
from zoom_migrator.adapters.dynamodb.notice_items import notice_from
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_wire import body_of

# One batch of a scan.
ORGS: Final = 200
_HOST: Final = "acme.my.salesforce.com"
_SCAN_ID: Final = "benchmark"
_MB_OF_EXPRESS: Final = 64
_MB_A_GB: Final = 1_024
# Once for the page, once for the form.
_LOOKS: Final = 2


class WrongEnd(Exception):
    """Something did not end as it should, so that its cost would mean nothing."""


def main() -> None:
    """Count all parts and print them."""
    with stage() as prepared:
        migration = dict(_migration(prepared))
        scan = _scan(prepared)
        schedules = {name: _scheduled(prepared, name) for name in ("send_reminders", "sweep_fleet")}
        # For one that has a value in an hour, that hour of a month is billed.
        metrics = {name for group in prepared.deployment.metrics() for name in group}
    standing = {"standing": {Unit.METRICS: len(metrics)}}
    print(json.dumps({**migration, "scan": scan, **schedules, **standing}))


def _scan(prepared: Stage) -> Usage:
    """A scan of a fleet that was never scanned, in which every org changes."""
    hosts = [f"bench-{number:05d}.my.salesforce.com" for number in range(ORGS - 1)]
    for host in hosts:
        prepared.migrations.upgrades.register(SimulatedOrg(host=host))
    prepared.count.take()
    prepared.count.invocations.clear()
    run = prepared.scans.run(_SCAN_ID)
    if run.status != "SUCCEEDED" or len(run.batches) != 1:
        raise WrongEnd(f"The scan ended {run.status} after {run.batches}.")
    seconds = sum(
        each.seconds for each in prepared.count.invocations if each.function == "scan_orgs"
    )
    return prepared.count.take() | {
        # The start counts as one.
        Unit.TRANSITIONS: len(run.path) + 1,
        Unit.EXPRESS_REQUESTS: len(run.batches),
        Unit.EXPRESS_GB_SECONDS: seconds * _MB_OF_EXPRESS / _MB_A_GB,
        Unit.SCHEDULED: 1,
    }


def _scheduled(prepared: Stage, function: str) -> Usage:
    prepared.count.take()
    prepared.deployment.invoke(function, {})
    return prepared.count.take() | {Unit.SCHEDULED: 1}


def _migration(prepared: Stage) -> Iterator[tuple[str, Usage]]:
    """The whole way of an org that is behind and has old keys, then all of its notices."""
    machine = prepared.migrations
    machine.upgrades.offer()
    org = machine.upgrades.register(SimulatedOrg(host=_HOST))
    machine.zoom_admin_consents(org.org_id)
    machine.while_waiting(
        partial(_approve, prepared, org.org_id), partial(_clean_up, prepared, org.org_id)
    )
    prepared.count.take()
    run = machine.run(org.org_id)
    if run.status != "SUCCEEDED" or "RemoveKeys" not in run.path:
        raise WrongEnd(f"The migration ended {run.status} after {run.path}.")
    yield "migration", prepared.count.take() | {Unit.TRANSITIONS: len(run.path) + 1}
    notices = list(_notices(org.org_id))
    if not notices:
        raise WrongEnd("The migration recorded no notice.")
    for notice in notices:
        _tell(prepared, notice)
    yield "notice", times(prepared.count.take(), 1 / len(notices))


def _approve(prepared: Stage, org_id: str) -> None:
    """Answer as the admin does: two visits of the page, and what an answer stores."""
    link = prepared.migrations.upgrades.link(org_id)
    for _ in range(_LOOKS):
        prepared.deployment.invoke("approve", a_visit(link))
    with prepared.count.counting():
        prepared.migrations.upgrades.answer(org_id)


def _clean_up(prepared: Stage, org_id: str) -> None:
    cleanups = Cleanups(prepared.deployment)
    link = cleanups.link(org_id)
    for _ in range(_LOOKS):
        prepared.deployment.invoke("cleanup", a_visit(link, resource="/cleanup/{link}"))
    with prepared.count.counting():
        cleanups.answer(org_id)


def _notices(org_id: str) -> Iterator[Item]:
    """The items of an org's notices, as they were recorded."""
    for item in client("dynamodb").scan(TableName=TABLE)["Items"]:
        is_notice = item[SORT]["S"].startswith(NOTICE)
        if is_notice and item[PARTITION]["S"] == org_partition(org_id):
            yield item


def _tell(prepared: Stage, item: Item) -> None:
    """Carry one notice from the table over the bus to its readers; none shares a message."""
    keys = {name: item[name] for name in (PARTITION, SORT)}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}
    published = {"eventName": "INSERT", "dynamodb": change}
    prepared.deployment.invoke("publish_events", {"Records": [published]})
    body = body_of(SendOrder((notice_from(item).ref,)))
    record = {"messageId": "1", "body": body, "eventSource": "aws:sqs"}
    answer = prepared.deployment.invoke("notify", {"Records": [record]})
    if answer["batchItemFailures"]:
        raise WrongEnd("A notice could not be told.")
    prepared.count.used[Unit.QUEUE_REQUESTS] += REQUESTS_A_MESSAGE


if __name__ == "__main__":
    main()
