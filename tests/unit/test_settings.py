from __future__ import annotations

import pytest

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.settings import (
    PlanScanSettings,
    ScanOrgsSettings,
    ScanRecordSettings,
    Settings,
    TableSettings,
)

SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:salesforce-AbCdEf"
REQUIRED: dict[type[Settings], dict[str, str]] = {
    TableSettings: {"TABLE_NAME": "orgs"},
    ScanRecordSettings: {"TABLE_NAME": "orgs", "SCAN_BUCKET_NAME": "scans"},
    PlanScanSettings: {"TABLE_NAME": "orgs", "SCAN_BUCKET_NAME": "scans"},
    ScanOrgsSettings: {"TABLE_NAME": "orgs", "SALESFORCE_SECRET_ARN": SECRET_ARN},
}
# The rest of what a function's environment holds; none of it is the product's business.
SURROUNDINGS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI-canary",
    "AWS_SESSION_TOKEN": "canary-session",
    "PATH": "/var/lang/bin",
}


def reason_why(settings: type[Settings], **changes: str) -> str:
    environ = SURROUNDINGS | REQUIRED[settings] | changes
    with pytest.raises(InvalidSettings) as refused:
        settings.from_environ(environ)
    assert refused.value.remedy
    return refused.value.message


@pytest.mark.parametrize("settings", REQUIRED)
def test_what_is_required_is_enough(settings: type[Settings]) -> None:
    read = settings.from_environ(SURROUNDINGS | REQUIRED[settings])

    assert {name.upper() for name in read.model_fields_set} == REQUIRED[settings].keys()


@pytest.mark.parametrize(
    ("settings", "name"), [(each, name) for each, names in REQUIRED.items() for name in names]
)
def test_a_missing_variable_is_named(settings: type[Settings], name: str) -> None:
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
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    settings: type[Settings], name: str, value: str
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

    with pytest.raises(ValueError, match="frozen"):
        settings.table_name = "other"
