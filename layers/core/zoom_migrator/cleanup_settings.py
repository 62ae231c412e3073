"""Settings of the functions that prove connections, remove old keys and watch over grants.

The two of them that are answered over HTTP have modules of their own, with less to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.oauth_settings import GrantPlanSettings, ZoomAccessSettings
from zoom_migrator.plain_settings import arn, day, setting, whole
from zoom_migrator.probe_settings import ConnectionProbeSettings
from zoom_migrator.settings import (
    LOWEST_VERSION_WITH_OAUTH,
    SalesforceAccessSettings,
    TableSettings,
    minimum_version,
)

_hours = whole(1, 8_760)


@dataclass(frozen=True, kw_only=True)
class CleanupPlanSettings(ConnectionProbeSettings, GrantPlanSettings):
    """What the operator decided about what comes after an authorization.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
        soak_minutes: How long after the first proof the second one is due.
        prove_interval_days: How old the proof of a connected org gets before it is proven anew.
    """

    jwt_deadline: date = setting(day)
    minimum_package_version: PackageVersion = setting(minimum_version, LOWEST_VERSION_WITH_OAUTH)
    soak_minutes: int = setting(whole(0, 43_200), 1_440)
    approval_lifetime_hours: int = setting(_hours, 336)
    reminder_interval_hours: int = setting(_hours, 72)
    prove_interval_days: int = setting(whole(1, 60), 7)

    def cleanup_settings(self) -> CleanupSettings:
        """The same as the domain says it."""
        return CleanupSettings(
            jwt_deadline=self.jwt_deadline,
            minimum=self.minimum_package_version,
            soak=timedelta(minutes=self.soak_minutes),
            approval_lifetime=timedelta(hours=self.approval_lifetime_hours),
            reminder_every=timedelta(hours=self.reminder_interval_hours),
            probe=self.connection_probe(),
            prove_every=timedelta(days=self.prove_interval_days),
            grants=self.grant_settings(),
        )


@dataclass(frozen=True, kw_only=True)
class _ProofSettings(TableSettings, ZoomAccessSettings, CleanupPlanSettings):
    """For functions that call Zoom with the grants of orgs."""

    grant_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class VerifyConnectionSettings(_ProofSettings, SalesforceAccessSettings):
    """For ``verify_connection``."""


@dataclass(frozen=True, kw_only=True)
class RequestCleanupSettings(TableSettings):
    """For ``request_cleanup``."""

    task_token_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class FollowUpCleanupSettings(TableSettings, CleanupPlanSettings):
    """For ``follow_up_cleanup``."""


@dataclass(frozen=True, kw_only=True)
class RemoveKeysSettings(_ProofSettings, SalesforceAccessSettings):
    """For ``remove_keys``.

    Attributes:
        backup_key_arn: The key that seals backups of old keys, and nothing else.
    """

    backup_key_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class ProbeGrantsSettings(_ProofSettings):
    """For ``probe_grants``, which begins a migration where it finds a grant lost."""

    task_token_key_arn: str = setting(arn)
    migration_state_machine_arn: str = setting(arn)


@dataclass(frozen=True, kw_only=True)
class WatchOrgsSettings(ProbeGrantsSettings, SalesforceAccessSettings):
    """For ``watch_orgs``, which looks into orgs besides."""


@dataclass(frozen=True, kw_only=True)
class SweepFleetSettings(TableSettings):
    """For ``sweep_fleet``."""

    task_token_key_arn: str = setting(arn)
    migration_state_machine_arn: str = setting(arn)
