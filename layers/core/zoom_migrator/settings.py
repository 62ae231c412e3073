"""Settings of the functions, read from the environment once and checked before use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.plain_settings import (
    PlainSettings,
    anything,
    matching,
    setting,
    table_name,
    whole,
)

ZOOM_PACKAGE_ID: Final = "033370000004aaUAAQ"
LOWEST_VERSION_WITH_OAUTH: Final = PackageVersion(3, 27)


def minimum_version(text: str) -> PackageVersion:
    """Reads a version of the package."""
    try:
        return PackageVersion.parse(text)
    except ValueError:
        # The domain's message quotes the text; a setting's value is never repeated.
        raise ValueError("a version such as 3.27 expected") from None


def _domains(text: str) -> tuple[str, ...]:
    domains = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not domains:
        raise ValueError("at least one domain expected")
    return domains


package_id: Final = matching(r"033[A-Za-z0-9]{12}([A-Za-z0-9]{3})?", "an id that begins with 033")


@dataclass(frozen=True, kw_only=True)
class TableSettings(PlainSettings):
    """For whatever reads or writes the table."""

    table_name: str = setting(table_name)


@dataclass(frozen=True, kw_only=True)
class ScanRecordSettings(TableSettings):
    """For functions that work on a scan's record and manifest."""

    scan_bucket_name: str = setting(table_name)


@dataclass(frozen=True, kw_only=True)
class PlanScanSettings(ScanRecordSettings):
    """For ``plan_scan``."""

    scan_batch_size: int = setting(whole(1, 1_000), 200)


@dataclass(frozen=True, kw_only=True)
class SalesforceAccessSettings(PlainSettings):
    """For functions that ask orgs about themselves or change something in them."""

    salesforce_secret_arn: str = setting(matching(r".+", "an ARN or a name"))
    salesforce_api_version: str = setting(matching(r"[0-9]{2,3}\.0", "such as 62.0"), "62.0")
    salesforce_allowed_domains: tuple[str, ...] = setting(_domains, ("my.salesforce.com",))
    salesforce_connect_to: str = setting(anything, "")
    package_namespace: str = setting(matching(r"[A-Za-z0-9_]{1,15}", "a namespace"), "zoom_app")
    package_id: str = setting(package_id, ZOOM_PACKAGE_ID)
    keys_object: str = setting(anything, "zoom_app__Zoom__c")
    keys_api_key_field: str = setting(anything, "zoom_app__Zoom_API_Key__c")
    keys_api_secret_field: str = setting(anything, "zoom_app__Zoom_API_Secret__c")


@dataclass(frozen=True, kw_only=True)
class ScanOrgsSettings(TableSettings, SalesforceAccessSettings):
    """For ``scan_orgs``."""

    minimum_package_version: PackageVersion = setting(minimum_version, LOWEST_VERSION_WITH_OAUTH)
    scan_threads: int = setting(whole(1, 256), 64)
