from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from tests.builders import TARGET_ID
from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.upgrade import UpgradeRules
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.migration_settings import (
    FollowUpApprovalSettings,
    RequestApprovalSettings,
    StartMigrationsSettings,
    UpgradeStepSettings,
)
from zoom_migrator.plain_settings import PlainSettings
from zoom_migrator.settings import (
    PlanScanSettings,
    ScanOrgsSettings,
    ScanRecordSettings,
    TableSettings,
)

SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:salesforce-AbCdEf"
KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MACHINE_ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:migrate_org"
REQUIRED: dict[type[PlainSettings], dict[str, str]] = {
    TableSettings: {"TABLE_NAME": "orgs"},
    ScanRecordSettings: {"TABLE_NAME": "orgs", "SCAN_BUCKET_NAME": "scans"},
    PlanScanSettings: {"TABLE_NAME": "orgs", "SCAN_BUCKET_NAME": "scans"},
    ScanOrgsSettings: {"TABLE_NAME": "orgs", "SALESFORCE_SECRET_ARN": SECRET_ARN},
    UpgradeStepSettings: {"TABLE_NAME": "orgs", "SALESFORCE_SECRET_ARN": SECRET_ARN},
    FollowUpApprovalSettings: {"TABLE_NAME": "orgs"},
    RequestApprovalSettings: {"TABLE_NAME": "orgs", "TASK_TOKEN_KEY_ARN": KEY_ARN},
    StartMigrationsSettings: {
        "TABLE_NAME": "orgs",
        "MIGRATION_STATE_MACHINE_ARN": MACHINE_ARN,
        "TASK_TOKEN_KEY_ARN": KEY_ARN,
    },
    ApproveSettings: {
        "TABLE_NAME": "orgs",
        "TASK_TOKEN_KEY_ARN": KEY_ARN,
        "LINK_KEY_ARN": KEY_ARN,
    },
}
# The rest of what a function's environment holds; none of it is the product's business.
SURROUNDINGS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI-canary",
    "AWS_SESSION_TOKEN": "canary-session",
    "PATH": "/var/lang/bin",
}


def reason_why(settings: type[PlainSettings], **changes: str) -> str:
    environ = SURROUNDINGS | REQUIRED[settings] | changes
    with pytest.raises(InvalidSettings) as refused:
        settings.from_environ(environ)
    assert refused.value.remedy
    return refused.value.message


@pytest.mark.parametrize("settings", REQUIRED)
def test_what_is_required_is_enough(settings: type[PlainSettings]) -> None:
    read = settings.from_environ(SURROUNDINGS | REQUIRED[settings])

    assert {name: getattr(read, name.lower()) for name in REQUIRED[settings]} == REQUIRED[settings]


@pytest.mark.parametrize(
    ("settings", "name"), [(each, name) for each, names in REQUIRED.items() for name in names]
)
def test_a_missing_variable_is_named(settings: type[PlainSettings], name: str) -> None:
    environ = {key: value for key, value in REQUIRED[settings].items() if key != name}

    with pytest.raises(InvalidSettings, match=f"{name}: Field required"):
        settings.from_environ(environ)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidSettings) as refused:
        ScanOrgsSettings.from_environ({"SCAN_THREADS": "many", "PACKAGE_ID": "04t"})

    for name in ("TABLE_NAME", "SALESFORCE_SECRET_ARN", "SCAN_THREADS", "PACKAGE_ID"):
        assert f"{name}: " in refused.value.message


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (PlanScanSettings, "TABLE_NAME", ""),
        (PlanScanSettings, "SCAN_BUCKET_NAME", "ab"),
        (PlanScanSettings, "SCAN_BATCH_SIZE", "0"),
        (PlanScanSettings, "SCAN_BATCH_SIZE", "-5"),
        (PlanScanSettings, "SCAN_BATCH_SIZE", "1001"),
        (PlanScanSettings, "SCAN_BATCH_SIZE", "2.5"),
        (PlanScanSettings, "SCAN_BATCH_SIZE", ""),
        (ScanOrgsSettings, "SALESFORCE_SECRET_ARN", ""),
        (ScanOrgsSettings, "SALESFORCE_API_VERSION", "62"),
        (ScanOrgsSettings, "SALESFORCE_API_VERSION", "v62.0"),
        (ScanOrgsSettings, "SALESFORCE_API_VERSION", "62.0/../../x"),
        (ScanOrgsSettings, "SALESFORCE_API_VERSION", "62.0\n"),
        (ScanOrgsSettings, "SALESFORCE_ALLOWED_DOMAINS", ""),
        (ScanOrgsSettings, "SALESFORCE_ALLOWED_DOMAINS", " , "),
        (ScanOrgsSettings, "PACKAGE_NAMESPACE", ""),
        (ScanOrgsSettings, "PACKAGE_NAMESPACE", "zoom' OR Name != '"),
        (ScanOrgsSettings, "PACKAGE_NAMESPACE", "n" * 16),
        (ScanOrgsSettings, "PACKAGE_ID", "04t1S000000ASBd"),
        (ScanOrgsSettings, "PACKAGE_ID", "033370000004aaUA"),
        (ScanOrgsSettings, "PACKAGE_ID", "033370000004aaU' OR"),
        (ScanOrgsSettings, "MINIMUM_PACKAGE_VERSION", ""),
        (ScanOrgsSettings, "MINIMUM_PACKAGE_VERSION", "latest"),
        (ScanOrgsSettings, "SCAN_THREADS", "0"),
        (ScanOrgsSettings, "SCAN_THREADS", "257"),
        (ScanOrgsSettings, "SCAN_THREADS", "many"),
        (UpgradeStepSettings, "SALESFORCE_SECRET_ARN", ""),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "03337000000"),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "033370000004aaU"),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "04t5g000000Zoom "),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "04t5g000000ZoomAAD"),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "04t5g000000zoomAAC"),
        (UpgradeStepSettings, "PACKAGE_VERSION_ID", "04t' OR Id != '"),
        (UpgradeStepSettings, "PACKAGE_TERMS_VERSION", ""),
        (UpgradeStepSettings, "PACKAGE_TERMS_VERSION", "v" * 41),
        (UpgradeStepSettings, "PACKAGE_TERMS_URL", "http://zoom.example/terms"),
        (UpgradeStepSettings, "PACKAGE_TERMS_URL", "javascript:alert(1)"),
        (UpgradeStepSettings, "PACKAGE_TERMS_URL", "https://"),
        (UpgradeStepSettings, "PACKAGE_TERMS_URL", "https://zoom.example/ terms"),
        (UpgradeStepSettings, "PACKAGE_TERMS_URL", "https://zoom.example/terms\n"),
        (FollowUpApprovalSettings, "APPROVAL_LIFETIME_HOURS", "0"),
        (FollowUpApprovalSettings, "APPROVAL_LIFETIME_HOURS", "8761"),
        (FollowUpApprovalSettings, "REMINDER_INTERVAL_HOURS", "0"),
        (UpgradeStepSettings, "INSTALL_DEADLINE_MINUTES", "4"),
        (UpgradeStepSettings, "INSTALL_DEADLINE_MINUTES", "2881"),
        (UpgradeStepSettings, "UPGRADE_BY_HAND_DAYS", "0"),
        (UpgradeStepSettings, "UPGRADE_BY_HAND_DAYS", "soon"),
        (RequestApprovalSettings, "TASK_TOKEN_KEY_ARN", "alias/task-tokens"),
        (StartMigrationsSettings, "MIGRATION_STATE_MACHINE_ARN", "migrate_org"),
        (StartMigrationsSettings, "TASK_TOKEN_KEY_ARN", ""),
        (ApproveSettings, "LINK_KEY_ARN", ""),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    settings: type[PlainSettings], name: str, value: str
) -> None:
    reason = reason_why(settings, **{name: value})

    assert f"{name}: " in reason
    assert all(f"{other}: " not in reason for other in REQUIRED[settings] if other != name)


def test_no_value_of_the_environment_is_repeated_in_the_message() -> None:
    canary = "canary-4711"
    reason = reason_why(
        ScanOrgsSettings,
        MINIMUM_PACKAGE_VERSION=canary,
        PACKAGE_ID=canary,
        SALESFORCE_API_VERSION=canary,
        SCAN_THREADS=canary,
    )

    assert canary not in reason
    assert SECRET_ARN not in reason
    assert all(value not in reason for value in SURROUNDINGS.values())


def test_settings_have_the_defaults_of_the_public_package() -> None:
    settings = ScanOrgsSettings.from_environ(REQUIRED[ScanOrgsSettings])

    assert settings.minimum_package_version == PackageVersion(3, 27)
    assert settings.package_namespace == "zoom_app"
    assert settings.package_id == "033370000004aaUAAQ"
    assert settings.salesforce_allowed_domains == ("my.salesforce.com",)
    assert settings.salesforce_connect_to == ""


def test_values_are_read_as_what_they_mean() -> None:
    settings = ScanOrgsSettings.from_environ(
        REQUIRED[ScanOrgsSettings]
        | {
            "MINIMUM_PACKAGE_VERSION": "3.28.1",
            "SALESFORCE_ALLOWED_DOMAINS": " My.Salesforce.com, my.salesforce.mil ,",
            "SCAN_THREADS": "16",
            "KEYS_OBJECT": "other__Zoom__c",
        }
    )

    assert settings.minimum_package_version == PackageVersion(3, 28, 1)
    assert settings.salesforce_allowed_domains == ("my.salesforce.com", "my.salesforce.mil")
    assert settings.scan_threads == 16
    assert settings.keys_object == "other__Zoom__c"


def test_a_function_reads_only_what_it_uses() -> None:
    environ = REQUIRED[PlanScanSettings] | {"SCAN_THREADS": "many", "PACKAGE_ID": "junk"}

    assert PlanScanSettings.from_environ(environ).scan_batch_size == 200


def test_settings_cannot_be_changed_later() -> None:
    settings = TableSettings.from_environ(REQUIRED[TableSettings])

    with pytest.raises(FrozenInstanceError):
        settings.table_name = "other"  # type: ignore[misc]


class TestUpgrades:
    def test_customers_upgrade_by_hand_unless_a_version_is_configured(self) -> None:
        read = UpgradeStepSettings.from_environ(REQUIRED[UpgradeStepSettings])

        assert read.upgrade_settings().version_id == ""

    def test_people_have_two_weeks_and_are_reminded_every_third_day_unless_told_otherwise(
        self,
    ) -> None:
        upgrades = UpgradeStepSettings.from_environ(
            REQUIRED[UpgradeStepSettings]
        ).upgrade_settings()

        assert upgrades.approval_lifetime == timedelta(days=14)
        assert upgrades.by_hand.deadline == timedelta(days=14)
        assert upgrades.reminder_every == timedelta(days=3)
        assert upgrades.installing.deadline == timedelta(hours=3)
        assert upgrades.rules == UpgradeRules("033370000004aaUAAQ", PackageVersion(3, 27))
        assert upgrades.terms == Terms("1", "")

    def test_what_an_operator_decides_reaches_the_steps(self) -> None:
        environ = REQUIRED[UpgradeStepSettings] | {
            "PACKAGE_VERSION_ID": TARGET_ID,
            "PACKAGE_TERMS_VERSION": "2024-05",
            "PACKAGE_TERMS_URL": "https://zoom.example/terms?v=2",
            "APPROVAL_LIFETIME_HOURS": "24",
            "REMINDER_INTERVAL_HOURS": "2",
            "INSTALL_DEADLINE_MINUTES": "30",
            "UPGRADE_BY_HAND_DAYS": "3",
            "MINIMUM_PACKAGE_VERSION": "3.28",
        }

        upgrades = UpgradeStepSettings.from_environ(environ).upgrade_settings()

        assert upgrades.version_id == TARGET_ID
        assert upgrades.terms == Terms("2024-05", "https://zoom.example/terms?v=2")
        assert upgrades.approval_lifetime == timedelta(hours=24)
        assert upgrades.reminder_every == timedelta(hours=2)
        assert upgrades.installing.deadline == timedelta(minutes=30)
        assert upgrades.by_hand.deadline == timedelta(days=3)
        assert upgrades.rules.minimum == PackageVersion(3, 28)

    @pytest.mark.parametrize("version_id", ["", TARGET_ID, TARGET_ID[:15]])
    def test_a_version_is_named_by_either_form_of_its_id_or_not_at_all(
        self, version_id: str
    ) -> None:
        environ = REQUIRED[FollowUpApprovalSettings] | {"PACKAGE_VERSION_ID": version_id}

        assert FollowUpApprovalSettings.from_environ(environ).package_version_id == version_id

    def test_every_wait_is_shorter_than_its_deadline(self) -> None:
        upgrades = UpgradeStepSettings.from_environ(
            REQUIRED[UpgradeStepSettings]
        ).upgrade_settings()

        for patience in (
            upgrades.preparing,
            upgrades.installing,
            upgrades.confirming,
            upgrades.by_hand,
        ):
            assert timedelta() < patience.first <= patience.longest < patience.deadline
