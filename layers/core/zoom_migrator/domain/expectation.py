"""Who is expected to authorize an org, and whether somebody is that."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.zoom_account import ZoomUser


@dataclass(frozen=True, slots=True)
class Expectation:
    """Who is expected.

    Attributes:
        email: E-mail address of the Zoom admin; both admins share it, as Zoom's article demands.
        account_id: Zoom account, or empty where any will do.
    """

    email: str
    account_id: str = ""

    def objection_to(self, user: ZoomUser) -> Outcome | None:
        """Why somebody is not who is expected, or None.

        An e-mail address is compared without regard to capitals, as Zoom and Salesforce do.
        """
        if self.account_id and user.account_id != self.account_id:
            return Outcome.WRONG_ACCOUNT
        if _plain(user.email) != _plain(self.email):
            return Outcome.WRONG_EMAIL
        return None


def expectation_of(registration: OrgRegistration) -> Expectation:
    """Who the fleet file says will authorize an org."""
    return Expectation(
        email=registration.zoom_admin_email or registration.salesforce_admin_email,
        account_id=registration.zoom_account_id,
    )


def _plain(email: str) -> str:
    return email.strip().casefold()
