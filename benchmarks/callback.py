"""The callback under load, beside others that take browsers back from the same Zoom."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles
from typing import Final

from benchmarks import report
from benchmarks.callback_load import (
    A_SECOND,
    CALLS_OF_ZOOM,
    ENVIRONMENTS,
    TOLD_MS,
    Contestant,
    Result,
    setting,
)
from benchmarks.report import Aim
from benchmarks.zoom import LATENCY_MS

_BARE: Final = Contestant("bare client, three calls of Zoom", "bare_client", 10)
_THIS: Final = Contestant("this callback, AWS in process", "without_aws", 20)
_WHOLE: Final = Contestant("whole function, AWS over HTTP", "whole_function", 20, uses_table=True)
_PLAIN: Final = Contestant("plain callback, requests and boto3", "plain_callback", 10)
_LEFT: Final = ("left p50", "p90", "p99")
_OWN: Final = ("own p50", "p90", "p99")
_P50_MS: Final = 5
_P99_MS: Final = 15
# A browser that waits longer for an environment shows that the rate was not kept.
_KEPT_UP_SECONDS: Final = 0.1


def run() -> list[Aim]:
    """Measure all contestants, print the table, and return the aims.

    Raises:
        BenchmarkFailed: One could not be measured, or did not do its work.
    """
    report.heading(
        f"Callback: {A_SECOND} browsers a second come back from Zoom; {CALLS_OF_ZOOM} answers"
        f" held back {LATENCY_MS} ms each; {ENVIRONMENTS} warm environments"
    )
    contestants = (_BARE, _THIS, _WHOLE, _PLAIN)
    with setting(contestants) as found:
        bare, this, *_ = results = [found.measured(each) for each in contestants]
    _print(results, bare)
    aims = [*_aims(this), *_aims_beyond(this, bare)]
    report.aims(aims)
    return aims


def _aims(this: Result) -> list[Aim]:
    """By the clock of the processor."""
    half, _, nearly_all = _percentiles(this.own_ms)
    return [
        Aim("own time of this callback, p50", half, _P50_MS, "ms"),
        Aim("own time of this callback, p99", nearly_all, _P99_MS, "ms"),
    ]


def _aims_beyond(this: Result, bare: Result) -> list[Aim]:
    """By the clock on the wall: what is left beyond what Zoom's answers take anybody here."""
    half, _, nearly_all = _percentiles(this.beyond_told_ms)
    half_of_bare, _, nearly_all_of_bare = _percentiles(bare.beyond_told_ms)
    return [
        Aim("left beyond the bare client's, p50", half - half_of_bare, _P50_MS, "ms"),
        Aim("left beyond the bare client's, p99", nearly_all - nearly_all_of_bare, _P99_MS, "ms"),
    ]


def _print(results: Sequence[Result], bare: Result) -> None:
    report.table(
        ("ms a browser", "total p50", *_LEFT, "x bare", *_OWN, "AWS calls"),
        [_row(result, bare) for result in results],
    )
    report.note(f"Left: the total without the {TOLD_MS} ms that Zoom is told to wait.")
    report.note("Own: CPU time of the callback. What it does not work in, it waits in.")
    late = max(max(result.load.late_seconds) for result in results)
    if late > _KEPT_UP_SECONDS:
        report.note(
            f"Browsers waited up to {late:.1f} s for an environment: this machine could not keep"
            " up, so that whatever waiting is in a figure means nothing."
        )


def _row(result: Result, bare: Result) -> tuple[str, ...]:
    left, own = _percentiles(result.beyond_told_ms), _percentiles(result.own_ms)
    times = left[0] / _percentiles(bare.beyond_told_ms)[0]
    return (
        result.contestant.title,
        *map(report.number, (left[0] + TOLD_MS, *left, times, *own)),
        f"{result.aws_calls:.0f}" if result.aws_calls else "-",
    )


def _percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """What half of the values are at most, and nine of ten, and 99 of 100."""
    cuts = quantiles(values, n=100)
    return cuts[49], cuts[89], cuts[98]
