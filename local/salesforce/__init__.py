"""A Salesforce simulator: many orgs by host name, with state and switchable faults.

Product code never knows that it is there: it speaks HTTP like the platform. See
``docs/simulators.md`` for what it does, what it does not, and where its facts come from.
"""

from local.salesforce.faults import (
    GRANT_DESCRIPTIONS,
    Fault,
    FaultKind,
    Faults,
    Phase,
    grant_refused,
    latency,
)
from local.salesforce.install_behaviour import (
    Collision,
    FailureMoment,
    InstallBehaviour,
    InstallStatus,
    InstallVerdict,
)
from local.salesforce.install_failures import InstallFailure
from local.salesforce.install_run import InstallRun, RunKind
from local.salesforce.key_writes import KeyWrites, WriteMoment, WriteObstacle
from local.salesforce.model import (
    ZOOM_LIGHTNING_NAMESPACE,
    ZOOM_LIGHTNING_PACKAGE_ID,
    ZOOM_NAMESPACE,
    ZOOM_PACKAGE_ID,
    Approval,
    CachePartition,
    PackageDefect,
    PublishedVersion,
    SimulatedKeyRow,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedUser,
    SimulatedWorld,
    package_version_id,
)
from local.salesforce.org import RunningOrg
from local.salesforce.package_connection import PackageConnection
from local.salesforce.schema import API_KEY_FIELD, API_SECRET_FIELD, KEYS_OBJECT
from local.salesforce.simulator import SalesforceSimulator
from local.salesforce.world import RecordedRequest

__all__ = [
    "API_KEY_FIELD",
    "API_SECRET_FIELD",
    "GRANT_DESCRIPTIONS",
    "KEYS_OBJECT",
    "ZOOM_LIGHTNING_NAMESPACE",
    "ZOOM_LIGHTNING_PACKAGE_ID",
    "ZOOM_NAMESPACE",
    "ZOOM_PACKAGE_ID",
    "Approval",
    "CachePartition",
    "Collision",
    "FailureMoment",
    "Fault",
    "FaultKind",
    "Faults",
    "InstallBehaviour",
    "InstallFailure",
    "InstallRun",
    "InstallStatus",
    "InstallVerdict",
    "KeyWrites",
    "PackageConnection",
    "PackageDefect",
    "Phase",
    "PublishedVersion",
    "RecordedRequest",
    "RunKind",
    "RunningOrg",
    "SalesforceSimulator",
    "SimulatedKeyRow",
    "SimulatedOrg",
    "SimulatedPackage",
    "SimulatedUser",
    "SimulatedWorld",
    "WriteMoment",
    "WriteObstacle",
    "grant_refused",
    "latency",
    "package_version_id",
]
