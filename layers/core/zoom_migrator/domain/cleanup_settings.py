"""What an operator decides about proof, cleanup and health for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zoom_migrator.domain.authorization_settings import GrantSettings
from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.domain.waiting import Patience

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_A_DISTURBANCE: Final = Patience(_MINUTE, 60 * _MINUTE, 2 * _DAY)
_A_PERSON: Final = Patience(60 * _MINUTE, 6 * 60 * _MINUTE, 14 * _DAY)
_GRANTS: Final = GrantSettings()


@dataclass(frozen=True, slots=True)
class CleanupSettings:
    """The fleet's settings of what comes after an authorization.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
        minimum: Lowest version of the package that can do OAuth.
        soak: How long after the first proof the second one is due.
        approval_lifetime: How long an answer is waited for.
        reminder_every: How long until somebody who has not answered is reminded.
        probe: Where the package shows that it is connected by itself; None where nobody knows.
        verifying: Patience with a Zoom or an org that cannot be asked.
        connecting: Patience with a package that the probe finds unconnected.
        removing: Patience with rows that cannot be blanked for a reason that passes.
        lease: How long one try to remove keys may take; longer than a function may run.
        prove_every: How old the proof of a connected org gets before it is proven anew. Each
            proof costs a refresh, and each refresh the small risk that its answer is lost.
    """

    jwt_deadline: date
    minimum: PackageVersion
    soak: timedelta = _DAY
    approval_lifetime: timedelta = 14 * _DAY
    reminder_every: timedelta = 3 * _DAY
    probe: ConnectionProbe | None = None
    verifying: Patience = _A_DISTURBANCE
    connecting: Patience = _A_PERSON
    removing: Patience = _A_DISTURBANCE
    lease: timedelta = 5 * _MINUTE
    prove_every: timedelta = 7 * _DAY
    grants: GrantSettings = _GRANTS
