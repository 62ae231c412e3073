"""Settings of the functions that carry a migration from step to step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.salesforce_id import case_checksum
from zoom_migrator.domain.upgrade import UpgradeRules
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.plain_settings import PlainSettings, arn, matching, setting, whole
from zoom_migrator.settings import (
    LOWEST_VERSION_WITH_OAUTH,
    ZOOM_PACKAGE_ID,
    SalesforceAccessSettings,
    TableSettings,
    minimum_version,
    package_id,
)

_VERSION_ID: Final = re.compile(r"(04t[A-Za-z0-9]{12}([A-Z0-5]{3})?)?")
_hours = whole(1, 8_760)


def _version_id(text: str) -> str:
    if _VERSION_ID.fullmatch(text) is None:
        raise ValueError("nothing, or an id that begins with 04t, expected")
    id15, suffix = text[:15], text[15:]
    if suffix and suffix != case_checksum(id15):
        raise ValueError(
            "an id of 18 characters with the right checksum expected: a letter is mistyped"
        )
    return text


@dataclass(frozen=True, kw_only=True)
class UpgradePlanSettings(PlainSettings):
    """What the operator decided about upgrades.

    Attributes:
        package_version_id: The version to install; empty where customers install by hand.
        package_terms_url: Where its terms can be read; shown as a link, so it has to be one.
    """

    package_version_id: str = setting(_version_id, "")
    package_id: str = setting(package_id, ZOOM_PACKAGE_ID)
    minimum_package_version: PackageVersion = setting(minimum_version, LOWEST_VERSION_WITH_OAUTH)
    package_terms_version: str = setting(matching(r".{1,40}", "a short name"), "1")
    package_terms_url: str = setting(
        matching(r"(https://[!-~]{1,500})?", "an address that begins with https://"), ""
    )
    approval_lifetime_hours: int = setting(_hours, 336)
    reminder_interval_hours: int = setting(_hours, 72)
    install_deadline_minutes: int = setting(whole(5, 2_880), 180)
    upgrade_by_hand_days: int = setting(whole(1, 365), 14)

    def upgrade_settings(self) -> UpgradeSettings:
        """The same as the domain says it, with how patiently each wait goes on."""
        return UpgradeSettings(
            version_id=self.package_version_id,
            rules=UpgradeRules(self.package_id, self.minimum_package_version),
            terms=Terms(self.package_terms_version, self.package_terms_url),
            approval_lifetime=timedelta(hours=self.approval_lifetime_hours),
            reminder_every=timedelta(hours=self.reminder_interval_hours),
            preparing=Patience(timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)),
            installing=Patience(
                timedelta(seconds=10),
                timedelta(minutes=2),
                timedelta(minutes=self.install_deadline_minutes),
            ),
            confirming=Patience(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15)),
            by_hand=Patience(
                timedelta(minutes=10), timedelta(hours=6), timedelta(days=self.upgrade_by_hand_days)
            ),
        )


@dataclass(frozen=True, kw_only=True)
class UpgradeStepSettings(TableSettings, SalesforceAccessSettings, UpgradePlanSettings):
    """For the steps that ask the org: prepare, start, check, follow by hand."""


@dataclass(frozen=True, kw_only=True)
class FollowUpApprovalSettings(TableSettings, UpgradePlanSettings):
    """For ``follow_up_approval``."""


@dataclass(frozen=True, kw_only=True)
class RequestApprovalSettings(FollowUpApprovalSettings):
    """For ``request_approval``."""

    task_token_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class StartMigrationsSettings(TableSettings):
    """For ``start_migrations``."""

    migration_state_machine_arn: str = setting(arn)
    task_token_key_arn: str = setting(arn)
