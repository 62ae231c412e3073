"""What AWS asks for a month of 1,000 orgs, from counted calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from benchmarks import report
from benchmarks.counting import SECONDS_A_CALL_OF_AWS, SECONDS_AN_ANSWER, SECONDS_OF_A_COLD_START
from benchmarks.findings import findings_of
from benchmarks.month import ORGS
from benchmarks.prices import PRICES, REGION, Unit, Usage, cost_of, times, together
from benchmarks.report import Aim
from scripts.expand_template import load

_FLEET: Final = 1_000
_DAYS: Final = 30
_HOURS_A_DAY: Final = 24
_NOTICES: Final = 6
_USD: Final = 8
_MS: Final = 1_000
_BATCHES: Final = _FLEET / ORGS
# How often each part that is counted happens to a fleet in a month.
_TIMES: Final[Mapping[str, tuple[str, float]]] = {
    "scan": (f"a scan a day, {_DAYS} days", _DAYS * _BATCHES),
    "send_reminders": ("a run of reminders a day", _DAYS * _BATCHES),
    "sweep_fleet": ("a sweep an hour", _DAYS * _HOURS_A_DAY * _BATCHES),
    "migration": ("one migration each", _FLEET),
    "notice": (f"{_NOTICES} notices each", _FLEET * _NOTICES),
}
_STANDING: Final = {
    "AWS::CloudWatch::Alarm": Unit.ALARMS,
    "AWS::KMS::Key": Unit.KEYS,
    "AWS::SecretsManager::Secret": Unit.SECRETS,
}


def run() -> list[Aim]:
    """Count, print the bill beside the prices, and return the aim.

    Raises:
        BenchmarkFailed: Something could not be counted.
    """
    report.heading(f"Cost: {_FLEET:,} orgs a month, {REGION}")
    found = {
        part: {Unit(name): amount for name, amount in used.items()}
        for part, used in findings_of("benchmarks.month").items()
    }
    parts = month_of(found)
    counted = together(*parts.values())
    standing = together(standing_of_template(), found["standing"])
    _print_parts(parts, counted, standing)
    _print_bill(counted, standing)
    aims = [Aim(f"counted calls of {_FLEET:,} orgs a month", cost_of(counted), _USD, "USD")]
    report.aims(aims)
    return aims


def month_of(found: Mapping[str, Usage]) -> dict[str, Usage]:
    """What a fleet uses in a month, by what it is for, from what each part uses once."""
    return {title: times(found[part], factor) for part, (title, factor) in _TIMES.items()}


def standing_of_template() -> Usage:
    """What the stack costs without any org."""
    kinds = Counter(resource["Type"] for resource in load()["Resources"].values())
    return {unit: kinds[kind] for kind, unit in _STANDING.items()}


def _print_parts(parts: Mapping[str, Usage], counted: Usage, standing: Usage) -> None:
    rows = [(title, _usd(cost_of(used))) for title, used in parts.items()]
    report.table(
        ("what for", "USD"),
        [
            *rows,
            ("counted calls together", _usd(cost_of(counted))),
            ("the stack itself, however many orgs", _usd(cost_of(standing))),
        ],
    )


def _print_bill(counted: Usage, standing: Usage) -> None:
    report.table(
        ("unit", "count", "USD a million", "USD", "price"),
        [_row(unit, amount) for unit, amount in [*counted.items(), *standing.items()] if amount],
    )
    report.note(
        "Time billed: CPU of this process at the function's share of a core,"
        f" {SECONDS_A_CALL_OF_AWS * _MS:.0f} ms a call of AWS, {SECONDS_AN_ANSWER * _MS:.0f} ms a"
        f" call of anybody else, and a cold start of {SECONDS_OF_A_COLD_START} s for each."
    )
    report.note(
        f"Scans and schedules are counted with {ORGS} orgs, and taken {_BATCHES:.0f} times."
    )


def _row(unit: Unit, amount: float) -> tuple[str, ...]:
    price = PRICES[unit]
    amounts = (amount, price.usd * 1_000_000)
    return (
        unit,
        *(f"{each:,.4g}" if each < 1 else f"{each:,.0f}" for each in amounts),
        _usd(price.usd * amount),
        price.source,
    )


def _usd(amount: float) -> str:
    return f"{amount:.3f}"
