"""The cold start of each function as it is packaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Final

from benchmarks import report
from benchmarks.processes import ROOT, BenchmarkFailed
from benchmarks.report import Aim
from scripts.build import BuildFailed, build, machine_architecture
from scripts.expand_template import load

_LAYERS: Final = ("DependenciesLayer", "CoreLayer")
_RUNS: Final = 7
_SECONDS: Final = 60
_BYTES_A_MB: Final = 1_000_000
# What the functions read from their environment; nothing is contacted.
_ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "TABLE_NAME": "benchmark",
    "SCAN_BUCKET_NAME": "benchmark",
    "SALESFORCE_SECRET_ARN": "benchmark",
    "ZOOM_SECRET_ARN": "benchmark",
    "PUBLIC_BASE_URL": "https://migrator.example",
    "MIGRATION_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:benchmark",
    "LINK_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/benchmark",
    "TASK_TOKEN_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/benchmark",
    "GRANT_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/benchmark",
    "JWT_DEADLINE": "2023-09-08",
    "ZOOM_WEBHOOK_SECRET_ARN": "benchmark",
    "PROBE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/benchmark",
    "BACKUP_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/benchmark",
    "EVENT_BUS_NAME": "benchmark",
    "NOTICE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/benchmark",
    "SLACK_SECRET_ARN": "benchmark",
}
_LIMIT_MS: Final = 300
# Those that log in to Salesforce sign with RSA.
_LIMIT_WITH_SALESFORCE_MS: Final = 400
# A person waits for it in the middle of an authorization.
_LIMIT_OF_CALLBACK_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the template.

    Attributes:
        builder: Module and function of ``zoom_migrator.bootstrap`` that builds what it works with.
        limit_ms: How long importing it may take.
    """

    folder: str
    builder: str
    limit_ms: float = _LIMIT_MS


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Milliseconds of one cold start."""

    import_ms: float
    build_ms: float


_FUNCTIONS: Final = (
    Function("PlanScanFunction", "plan_scan.plan_scan_app"),
    Function("ScanOrgsFunction", "scan_orgs.scan_orgs_app", _LIMIT_WITH_SALESFORCE_MS),
    Function("SummariseScanFunction", "scan_record.scan_record_app"),
    Function("RecordOutcomeFunction", "scan_record.scan_record_app"),
    Function("WatchOrgsFunction", "watch_orgs.watch_orgs_app", _LIMIT_WITH_SALESFORCE_MS),
    Function("StartMigrationsFunction", "start_migrations.start_migrations_app"),
    Function("SweepFleetFunction", "sweep_fleet.sweep_ports"),
    Function(
        "PrepareUpgradeFunction", "upgrade_steps.upgrade_steps_app", _LIMIT_WITH_SALESFORCE_MS
    ),
    Function("RequestApprovalFunction", "request_approval.request_approval_app"),
    Function("FollowUpApprovalFunction", "follow_up_approval.follow_up_approval_app"),
    Function("StartInstallFunction", "upgrade_steps.upgrade_steps_app", _LIMIT_WITH_SALESFORCE_MS),
    Function("CheckInstallFunction", "upgrade_steps.upgrade_steps_app", _LIMIT_WITH_SALESFORCE_MS),
    Function(
        "FollowUpgradeByHandFunction",
        "follow_upgrade_by_hand.follow_upgrade_by_hand_app",
        _LIMIT_WITH_SALESFORCE_MS,
    ),
    Function("RequestAuthorizationFunction", "request_authorization.request_authorization_app"),
    Function(
        "FollowUpAuthorizationFunction", "follow_up_authorization.follow_up_authorization_app"
    ),
    Function(
        "RecordMigrationFailureFunction", "record_migration_failure.record_migration_failure_app"
    ),
    Function(
        "VerifyConnectionFunction",
        "verify_connection.verify_connection_app",
        _LIMIT_WITH_SALESFORCE_MS,
    ),
    Function("RequestCleanupFunction", "request_cleanup.request_cleanup_app"),
    Function("FollowUpCleanupFunction", "follow_up_cleanup.follow_up_cleanup_app"),
    Function("RemoveKeysFunction", "remove_keys.remove_keys_app", _LIMIT_WITH_SALESFORCE_MS),
    Function("ApproveFunction", "approve.approval_page"),
    Function("CleanupFunction", "cleanup.cleanup_page"),
    Function("AuthorizeFunction", "authorize.start_page"),
    Function("OauthCallbackFunction", "oauth_callback.callback_page", _LIMIT_OF_CALLBACK_MS),
    Function("ZoomWebhookFunction", "zoom_webhook.zoom_webhook"),
    Function("ProbeGrantsFunction", "probe_grants.probe_grants_app"),
    Function("PublishEventsFunction", "publish_events.publish_events_app"),
    Function("SendRemindersFunction", "send_reminders.send_reminders_app"),
    Function("NotifyFunction", "notify.notify_app"),
    Function("SlackInteractionsFunction", "slack_interactions.slack_interactions"),
    Function("MailFeedbackFunction", "mail_feedback.mail_feedback_app"),
    Function("MuteFunction", "mute.mute_page"),
)


def run() -> list[Aim]:
    """Measure every function, print the tables, and return the aims.

    Raises:
        BenchmarkFailed: The build failed, or a function cannot be imported.
    """
    report.heading(f"Cold start of each function as packaged, fresh processes, {_RUNS} each")
    folder = _build()
    _tell_what_is_left_out()
    starts: dict[Function, list[ColdStart]] = {function: [] for function in _FUNCTIONS}
    # In turns, so that whatever else the machine does hits all alike.
    for _ in range(_RUNS):
        for function in _FUNCTIONS:
            starts[function].append(_start(function, folder))
    _print_starts(starts)
    aims = [
        Aim(f"import of {function.folder}", _median_import(runs), function.limit_ms, "ms")
        for function, runs in starts.items()
    ]
    report.aims(aims)
    report.heading("Size of what is deployed")
    parts = [*(function.folder for function in _FUNCTIONS), *_LAYERS]
    report.table(("", "zip MB", "unzipped MB"), [(part, *_sizes(folder / part)) for part in parts])
    return aims


def _build() -> Path:
    architecture = machine_architecture()
    try:
        return build(architecture, ROOT / ".local" / "build" / architecture).parent
    except BuildFailed as failure:
        raise BenchmarkFailed(str(failure)) from failure


def _tell_what_is_left_out() -> None:
    measured = {function.folder for function in _FUNCTIONS}
    for name, resource in load()["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function" and name not in measured:
            report.failure(name, f"it is not listed in {Path(__file__).name}")


def _start(function: Function, folder: Path) -> ColdStart:
    script = Path(__file__).with_name("cold_start.py")
    places = [folder / function.folder, *(folder / layer / "python" for layer in _LAYERS)]
    # -I and -S: nothing but the package itself and the standard library.
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", str(script), function.builder, *map(str, places)],
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise BenchmarkFailed(f"{function.folder} cannot be imported:\n{done.stderr[-2000:]}")
    return ColdStart(*json.loads(done.stdout))


def _print_starts(starts: dict[Function, list[ColdStart]]) -> None:
    report.table(
        ("", "import ms", "fastest", "slowest", "then clients ms", "both ms"),
        [(function.folder, *_figures(runs)) for function, runs in starts.items()],
    )
    report.note("Medians; files are in the page cache, bytecode is the packaged one.")


def _figures(runs: Sequence[ColdStart]) -> tuple[str, ...]:
    imports = [run.import_ms for run in runs]
    return (
        report.number(median(imports)),
        report.number(min(imports)),
        report.number(max(imports)),
        report.number(median(run.build_ms for run in runs)),
        report.number(median(run.import_ms + run.build_ms for run in runs)),
    )


def _median_import(runs: Sequence[ColdStart]) -> float:
    return median(run.import_ms for run in runs)


def _sizes(part: Path) -> tuple[str, str]:
    """Megabytes zipped as the SAM CLI does it, and unzipped."""
    files = [path for path in sorted(part.rglob("*")) if path.is_file()]
    with TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
            for path in files:
                package.write(path, path.relative_to(part))
        zipped = archive.seek(0, os.SEEK_END)
    unzipped = sum(path.stat().st_size for path in files)
    return _megabytes(zipped), _megabytes(unzipped)


def _megabytes(size: int) -> str:
    return f"{size / _BYTES_A_MB:.3f}"
