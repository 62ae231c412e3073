from __future__ import annotations

from datetime import date, timedelta

import pytest

from zoom_migrator.cleanup_settings import (
    CleanupPlanSettings,
    FollowUpCleanupSettings,
    ProbeGrantsSettings,
    RemoveKeysSettings,
    RequestCleanupSettings,
    SweepFleetSettings,
    VerifyConnectionSettings,
    WatchOrgsSettings,
)
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.plain_settings import PlainSettings

PLAN = {"JWT_DEADLINE": "2023-09-08"}
ENVIRON = PLAN | {
    "TABLE_NAME": "orgs",
    "SALESFORCE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:salesforce",
    "ZOOM_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:zoom",
    "GRANT_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/grants",
    "TASK_TOKEN_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/tokens",
    "BACKUP_KEY_ARN": "arn:aws:kms:eu-central-1:123456789012:key/backups",
    "MIGRATION_STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:stateMachine:m",
}
TASK_TOKENS = {"TABLE_NAME", "TASK_TOKEN_KEY_ARN"}
PROOF = {"TABLE_NAME", "JWT_DEADLINE", "ZOOM_SECRET_ARN", "GRANT_KEY_ARN"}
LOSSES = {"TASK_TOKEN_KEY_ARN", "MIGRATION_STATE_MACHINE_ARN"}
REQUIRED: dict[type[PlainSettings], set[str]] = {
    CleanupPlanSettings: {"JWT_DEADLINE"},
    VerifyConnectionSettings: PROOF | {"SALESFORCE_SECRET_ARN"},
    RequestCleanupSettings: TASK_TOKENS,
    FollowUpCleanupSettings: {"TABLE_NAME", "JWT_DEADLINE"},
    RemoveKeysSettings: PROOF | {"SALESFORCE_SECRET_ARN", "BACKUP_KEY_ARN"},
    ProbeGrantsSettings: PROOF | LOSSES,
    WatchOrgsSettings: PROOF | LOSSES | {"SALESFORCE_SECRET_ARN"},
    SweepFleetSettings: TASK_TOKENS | {"MIGRATION_STATE_MACHINE_ARN"},
}


def plan(**changes: str) -> CleanupSettings:
    return CleanupPlanSettings.from_environ(PLAN | changes).cleanup_settings()


@pytest.mark.parametrize("settings", REQUIRED)
def test_what_has_no_default_is_required_and_nothing_else(settings: type[PlainSettings]) -> None:
    wanted = REQUIRED[settings]

    settings.from_environ({name: ENVIRON[name] for name in wanted})
    with pytest.raises(InvalidSettings) as refused:
        settings.from_environ({})

    named = {
        fault.partition(":")[0] for fault in refused.value.message.split(": ", 1)[1].split("; ")
    }
    assert named == wanted


def test_what_is_left_out_has_the_domains_own_default() -> None:
    assert plan() == CleanupSettings(jwt_deadline=date(2023, 9, 8), minimum=PackageVersion(3, 27))


def test_what_an_operator_decides_reaches_the_steps() -> None:
    decided = plan(
        JWT_DEADLINE="2027-02-28",
        MINIMUM_PACKAGE_VERSION="3.28",
        SOAK_MINUTES="30",
        APPROVAL_LIFETIME_HOURS="24",
        REMINDER_INTERVAL_HOURS="2",
        CONNECTION_PROBE_OBJECT="zoom_app__Zoom__c",
        CONNECTION_PROBE_FIELD="zoom_app__Login_Type__c",
        CONNECTION_PROBE_VALUE="OAuth",
        PROVE_INTERVAL_DAYS="14",
        ZOOM_REFRESH_INTERVAL_DAYS="30",
    )

    assert decided.jwt_deadline == date(2027, 2, 28)
    assert decided.minimum == PackageVersion(3, 28)
    assert decided.soak == timedelta(minutes=30)
    assert decided.approval_lifetime == timedelta(days=1)
    assert decided.reminder_every == timedelta(hours=2)
    assert decided.probe == ConnectionProbe("zoom_app__Zoom__c", "zoom_app__Login_Type__c", "OAuth")
    assert decided.prove_every == timedelta(days=14)
    assert decided.grants.refresh_every == timedelta(days=30)


def test_the_second_proof_may_follow_the_first_at_once() -> None:
    assert plan(SOAK_MINUTES="0").soak == timedelta()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_DEADLINE", ""),
        ("JWT_DEADLINE", "8 September 2023"),
        ("JWT_DEADLINE", "2023-9-8"),
        ("JWT_DEADLINE", "20230908"),
        ("JWT_DEADLINE", "2023-02-30"),
        ("JWT_DEADLINE", "2023-09-08\n"),
        ("MINIMUM_PACKAGE_VERSION", "latest"),
        ("SOAK_MINUTES", "-1"),
        ("SOAK_MINUTES", "43201"),
        ("APPROVAL_LIFETIME_HOURS", "0"),
        ("REMINDER_INTERVAL_HOURS", "8761"),
        ("PROVE_INTERVAL_DAYS", "0"),
        ("PROVE_INTERVAL_DAYS", "61"),
        ("ZOOM_REFRESH_INTERVAL_DAYS", "0"),
        ("BACKUP_KEY_ARN", "alias/backups"),
    ],
)
def test_what_cannot_be_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{name}: ") as refused:
        RemoveKeysSettings.from_environ(ENVIRON | {name: value})

    assert not value or value not in refused.value.message


@pytest.mark.parametrize("settings", [RequestCleanupSettings, FollowUpCleanupSettings])
def test_functions_that_only_wait_know_of_no_secret(settings: type[PlainSettings]) -> None:
    assert not {name for name in settings.model_fields if "secret" in name or "grant" in name}


def test_only_what_removes_keys_knows_the_key_of_backups() -> None:
    knowing = {kind for kind in REQUIRED if "backup_key_arn" in kind.model_fields}

    assert knowing == {RemoveKeysSettings}
