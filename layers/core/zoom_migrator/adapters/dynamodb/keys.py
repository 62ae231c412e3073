"""The table's keys: how each kind of item is addressed."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from zoom_migrator.domain.errors import InvariantViolation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Item = dict[str, AttributeValueTypeDef]

PARTITION: Final = "pk"
SORT: Final = "sk"
INDEX: Final = "gsi1"
INDEX_PARTITION: Final = "gsi1pk"
INDEX_SORT: Final = "gsi1sk"

FLEET_SHARDS: Final = 16
ORG: Final = "ORG"
SCAN: Final = "SCAN"
AUDIT: Final = "AUDIT#"
MIGRATION: Final = "MIGRATION#"
NOTICE: Final = "NOTICE#"
RESULT: Final = "RESULT#"
BATCH: Final = "BATCH#"
SCANS: Final = "SCANS"
ATTEMPT: Final = "ATTEMPT"
GRANT: Final = "GRANT"
GRANTS: Final = "GRANTS"
BACKUP: Final = "BACKUP"
EVENT: Final = "EVENT"
DELIVERY: Final = "DELIVERY#"
MILESTONES: Final = "MILESTONES"
MUTE: Final = "MUTE"
MUTES: Final = "MUTES"
SUPPRESSION: Final = "SUPPRESSION"
TROUBLE: Final = "TROUBLE"
_FLEET: Final = "FLEET"


def org_partition(org_id: str) -> str:
    """Partition of an org, and of all that is about it alone."""
    return f"ORG#{org_id}"


def scan_partition(scan_id: str) -> str:
    """Partition of a scan, its results and its progress."""
    return f"SCAN#{scan_id}"


def state_partition(state_hash: str) -> str:
    """Partition of an attempt at authorizing; named after its state's fingerprint."""
    return f"STATE#{state_hash}"


def grant_partition(grant_id: str) -> str:
    """Partition of a grant."""
    return f"GRANT#{grant_id}"


def event_partition(event_id: str) -> str:
    """Partition of an event that was taken; named after its fingerprint."""
    return f"EVENT#{event_id}"


def partition_of_notices(org_id: str) -> str:
    """Partition of what is about an org, or about the fleet where the id is empty."""
    return org_partition(org_id) if org_id else _FLEET


def address_partition(fingerprint: str) -> str:
    """Partition of an e-mail address; named after its fingerprint, as keys are shown in errors."""
    return f"ADDRESS#{fingerprint}"


def channel_partition(channel: str) -> str:
    """Partition of a Slack channel."""
    return f"SLACK#{channel}"


def id_in(partition: str) -> str:
    """The id that a partition is named after."""
    return partition.partition("#")[2]


def fleet_partition(shard: int) -> str:
    """Partition of the index that lists a part of the fleet."""
    return f"FLEET#{shard:02d}"


def shard_of(org_id: str) -> int:
    """The part of the fleet an org is listed in; the same in every process and for ever."""
    return zlib.crc32(org_id.encode()) % FLEET_SHARDS


def audit_sort(at: datetime, revision: int, position: int) -> str:
    """Orders audit entries by time, then by the change they belong to, then within it.

    A revision of an org is written once only, so the key is unique, and writing the same change
    again (after a lost answer) replaces the same entries.
    """
    return f"{AUDIT}{timestamp(at)}#{revision:010d}.{position:02d}"


def audit_sort_of_migration(at: datetime, attempt: int, revision: int, position: int) -> str:
    """Orders audit entries like :func:`audit_sort`, where the org itself did not change.

    There is no new revision of the org to name them after then. A revision of a migration is
    written once only just as well, and the letter keeps its numbers apart from the org's.
    """
    return f"{AUDIT}{timestamp(at)}#m{attempt:06d}.{revision:010d}.{position:02d}"


def migration_sort(attempt: int) -> str:
    """Orders the migrations of an org by attempt."""
    return f"{MIGRATION}{attempt:06d}"


def notice_sort(attempt: int, kind: str, milestone: str) -> str:
    """Names a notice after all that tells it apart, so that storing it again replaces it."""
    return f"{NOTICE}{attempt:06d}#{kind}#{milestone}"


def deliveries_sort(attempt: int, kind: str, milestone: str) -> str:
    """What the keys of all deliveries of a notice begin with."""
    return f"{DELIVERY}{attempt:06d}#{kind}#{milestone}#"


def batch_sort(number: int) -> str:
    """Orders batches by number."""
    return f"{BATCH}{number:06d}"


def key(partition: str, sort: str) -> Item:
    """The primary key of an item."""
    return {PARTITION: {"S": partition}, SORT: {"S": sort}}


def timestamp(at: datetime) -> str:
    """A time as stored: UTC and of fixed width, so that text order is time order.

    Raises:
        InvariantViolation: The time has no time zone.
    """
    if at.tzinfo is None:
        raise InvariantViolation(f"The time {at} has no time zone and cannot be stored.")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
