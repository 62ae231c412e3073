"""What AWS asks for each thing that is counted: us-east-1, arm64, without any free tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REGION: Final = "us-east-1, arm64"
_LISTED: Final = "list price 2025-26"
_UNVERIFIED: Final = "unverified"
_A_MILLION: Final = 1_000_000


class Unit(StrEnum):
    """What is counted, in the words of the price table."""

    TRANSITIONS = "Step Functions, standard: state transitions"
    EXPRESS_REQUESTS = "Step Functions, express: requests"
    EXPRESS_GB_SECONDS = "Step Functions, express: GB-seconds"
    INVOCATIONS = "Lambda: requests"
    GB_SECONDS = "Lambda: GB-seconds"
    WRITE_UNITS = "DynamoDB: write request units"
    READ_UNITS = "DynamoDB: read request units"
    KMS_REQUESTS = "KMS: requests"
    SECRET_REQUESTS = "Secrets Manager: requests"  # noqa: S105 - a word of the price table
    PUTS = "S3: writing requests"
    GETS = "S3: reading requests"
    EVENTS = "EventBridge: events"
    SCHEDULED = "EventBridge Scheduler: invocations"
    QUEUE_REQUESTS = "SQS: requests"
    MAILS = "SES: mails"
    PAGE_REQUESTS = "API Gateway: requests"
    LOG_GB = "CloudWatch Logs: GB taken in"
    TRACES = "X-Ray: traces"
    ALARMS = "CloudWatch: alarms a month"
    METRICS = "CloudWatch: metrics a month"
    KEYS = "KMS: keys a month"
    SECRETS = "Secrets Manager: secrets a month"


@dataclass(frozen=True, slots=True)
class Price:
    """What one of something costs.

    Attributes:
        source: Where the price is from; unverified ones are from memory.
    """

    usd: float
    source: str


PRICES: Final[Mapping[Unit, Price]] = {
    Unit.TRANSITIONS: Price(25 / _A_MILLION, _LISTED),
    Unit.EXPRESS_REQUESTS: Price(1 / _A_MILLION, _LISTED),
    Unit.EXPRESS_GB_SECONDS: Price(16.67 / _A_MILLION, _LISTED),
    Unit.INVOCATIONS: Price(0.20 / _A_MILLION, _LISTED),
    Unit.GB_SECONDS: Price(13.33 / _A_MILLION, _LISTED),
    Unit.WRITE_UNITS: Price(0.625 / _A_MILLION, _LISTED),
    Unit.READ_UNITS: Price(0.125 / _A_MILLION, _LISTED),
    Unit.KMS_REQUESTS: Price(0.03 / 10_000, _LISTED),
    Unit.SECRET_REQUESTS: Price(0.05 / 10_000, _UNVERIFIED),
    Unit.PUTS: Price(5 / _A_MILLION, _UNVERIFIED),
    Unit.GETS: Price(0.40 / _A_MILLION, _UNVERIFIED),
    Unit.EVENTS: Price(1 / _A_MILLION, _UNVERIFIED),
    Unit.SCHEDULED: Price(1 / _A_MILLION, _UNVERIFIED),
    Unit.QUEUE_REQUESTS: Price(0.40 / _A_MILLION, _UNVERIFIED),
    Unit.MAILS: Price(0.10 / 1_000, _LISTED),
    Unit.PAGE_REQUESTS: Price(3.50 / _A_MILLION, _UNVERIFIED),
    Unit.LOG_GB: Price(0.50, _UNVERIFIED),
    Unit.TRACES: Price(5 / _A_MILLION, _UNVERIFIED),
    Unit.ALARMS: Price(0.10, _LISTED),
    Unit.METRICS: Price(0.30, _LISTED),
    Unit.KEYS: Price(1, _LISTED),
    Unit.SECRETS: Price(0.40, _LISTED),
}

type Usage = Mapping[Unit, float]


def cost_of(usage: Usage) -> float:
    """US dollars for all of it."""
    return sum(PRICES[unit].usd * count for unit, count in usage.items())


def times(usage: Usage, factor: float) -> dict[Unit, float]:
    """So many times as much."""
    return {unit: count * factor for unit, count in usage.items()}


def together(*usages: Usage) -> dict[Unit, float]:
    """All of them, by unit."""
    units = [unit for unit in Unit if any(unit in usage for usage in usages)]
    return {unit: sum(usage.get(unit, 0) for usage in usages) for unit in units}
