"""A Zoom simulator: sign-in and consent pages, token endpoint, REST API, webhooks, faults.

Product code never knows that it is there: it speaks HTTP like Zoom. See ``docs/simulators.md`` for
what it does, what it does not, and what is assumed.
"""

from local.zoom.behaviour import Behaviour, Denial
from local.zoom.fault_makers import (
    grant_refused,
    granted_scopes,
    latency,
    odd_lifetime,
    without,
    wrong_token_type,
)
from local.zoom.faults import Fault, FaultKind, Faults, Phase
from local.zoom.grants import Grant
from local.zoom.model import (
    DEFAULT_SCOPES,
    AppKind,
    Plan,
    Product,
    Role,
    SimulatedAccount,
    SimulatedApp,
    SimulatedPerson,
    SimulatedZoom,
)
from local.zoom.person import Page, Person, StuckAtZoom
from local.zoom.pkce import s256
from local.zoom.simulator import ZoomSimulator
from local.zoom.webhooks import Delivered
from local.zoom.world import RecordedRequest

__all__ = [
    "DEFAULT_SCOPES",
    "AppKind",
    "Behaviour",
    "Delivered",
    "Denial",
    "Fault",
    "FaultKind",
    "Faults",
    "Grant",
    "Page",
    "Person",
    "Phase",
    "Plan",
    "Product",
    "RecordedRequest",
    "Role",
    "SimulatedAccount",
    "SimulatedApp",
    "SimulatedPerson",
    "SimulatedZoom",
    "StuckAtZoom",
    "ZoomSimulator",
    "grant_refused",
    "granted_scopes",
    "latency",
    "odd_lifetime",
    "s256",
    "without",
    "wrong_token_type",
]
