"""A fleet of which every org is at a milestone: one run of reminders, and the telling."""

from __future__ import annotations

from typing import Any, Final

from benchmarks import report
from benchmarks.counting import SECONDS_A_CALL_OF_AWS, SECONDS_AN_ANSWER
from benchmarks.findings import findings_of
from benchmarks.processes import BenchmarkFailed
from benchmarks.reminders import ADMINS, CHANNELS, ORGS
from benchmarks.report import Aim

_MS: Final = 1_000
# One a channel, the default one included, and one a mail address.
_ORDERS: Final = len(CHANNELS) + 1 + ADMINS


def run() -> list[Aim]:
    """Measure the run, print the table, and return the aims.

    Raises:
        BenchmarkFailed: Not everybody was told, or somebody twice.
    """
    report.heading(
        f"Notices: {ORGS:,} orgs at a milestone, {len(CHANNELS) + 1} Slack channels,"
        f" {ADMINS} mail addresses"
    )
    found = findings_of("benchmarks.reminders")
    _expect_everybody_told(found)
    report.table(
        ("function", "s on Lambda", "of at most", "CPU ms an org", "AWS calls"),
        [_row("send_reminders", found["remind"]), _row("notify", found["notify"])],
    )
    report.note(
        f"{found['report']['orders']} orders queued; {found['again']} by a second run. On Lambda:"
        f" CPU at the function's share of a core, {SECONDS_A_CALL_OF_AWS * _MS:.0f} ms a call of"
        f" AWS, {SECONDS_AN_ANSWER * _MS:.0f} ms a call of Slack."
    )
    report.note(
        "CPU: of this process, in which AWS and Slack are simulated; the product's is less."
    )
    aims = _aims(found)
    report.aims(aims)
    return aims


def _expect_everybody_told(found: dict[str, Any]) -> None:
    told = found["report"]
    if told["due"] != ORGS or not told["is_complete"]:
        raise BenchmarkFailed(f"not every org was looked at: {told}")
    if found["to_repeat"] or found["again"]:
        raise BenchmarkFailed("somebody was not told, or would be told again")


def _row(name: str, taken: dict[str, float]) -> tuple[str, ...]:
    return (
        name,
        report.number(taken["seconds"]),
        f"{taken['timeout_seconds']:.0f} s",
        report.number(taken["cpu_seconds"] * _MS / ORGS),
        report.number(taken["aws_calls"]),
    )


def _aims(found: dict[str, Any]) -> list[Aim]:
    remind, tell = found["remind"], found["notify"]
    digests = found["digests"].values()
    return [
        Aim("one run of send_reminders", remind["seconds"], remind["timeout_seconds"], "s"),
        Aim("telling everybody in one batch", tell["seconds"], tell["timeout_seconds"], "s"),
        Aim("orders queued", found["report"]["orders"], _ORDERS, "orders"),
        Aim("digests in the channel with most", max(digests), 1, "digest"),
        Aim("digests in the channel with fewest", min(digests), 1, "digest", at_least=True),
    ]
