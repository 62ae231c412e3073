"""The accounts, people and apps of a simulated Zoom, and how they are found."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Final

from local.zoom.model import SimulatedAccount, SimulatedApp, SimulatedPerson

_SECRET_LENGTH: Final = 32
_ALPHANUMERIC: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Member:
    """A person together with the account that the person belongs to."""

    person: SimulatedPerson
    account: SimulatedAccount


class Registry:
    """Finds documents by id, name and e-mail address. Documents may be changed at any time."""

    def __init__(self) -> None:
        """Start empty."""
        self._accounts: dict[str, SimulatedAccount] = {}
        self._apps: dict[str, SimulatedApp] = {}

    @property
    def accounts(self) -> list[SimulatedAccount]:
        """Every account, in the order in which they were added."""
        return list(self._accounts.values())

    @property
    def apps(self) -> list[SimulatedApp]:
        """Every app, in the order in which they were registered."""
        return list(self._apps.values())

    def clear(self) -> None:
        """Forget everything."""
        self._accounts.clear()
        self._apps.clear()

    def add(self, account: SimulatedAccount) -> SimulatedAccount:
        """Add an account; one with the same id is replaced.

        Raises:
            ValueError: Someone of it is known already: an e-mail address has one login at Zoom.
        """
        others = [one for one in self.accounts if one.account_id != account.account_id]
        taken = {person.email.lower() for one in others for person in one.people}
        for person in account.people:
            if person.email.lower() in taken:
                raise ValueError(f"{person.email} has a login already")
            taken.add(person.email.lower())
        self._accounts[account.account_id] = account
        return account

    def register(
        self, app: SimulatedApp, *, client_secret: str = "", webhook_secret: str = ""
    ) -> SimulatedApp:
        """Register an app; one with the same client id is replaced.

        Args:
            client_secret: The secret of an app whose document names none; made if empty.
            webhook_secret: Likewise the secret token of its webhook.
        """
        app.client_secret = app.client_secret or client_secret or _made_secret()
        app.webhook_secret = app.webhook_secret or webhook_secret or _made_secret()
        self._apps[app.client_id] = app
        return app

    def account(self, name_or_id: str) -> SimulatedAccount:
        """Return an account.

        Raises:
            KeyError: There is no such account.
        """
        found = self.known_account(name_or_id)
        if found is None:
            raise KeyError(f"the simulator has no account {name_or_id!r}")
        return found

    def known_account(self, name_or_id: str) -> SimulatedAccount | None:
        """Return an account, or None."""
        found = self._accounts.get(name_or_id)
        return found or next((one for one in self.accounts if one.name == name_or_id), None)

    def app(self, client_id: str) -> SimulatedApp:
        """Return an app.

        Raises:
            KeyError: There is no such app.
        """
        if client_id not in self._apps:
            raise KeyError(f"the simulator has no app {client_id!r}")
        return self._apps[client_id]

    def known_app(self, client_id: str) -> SimulatedApp | None:
        """Return an app, or None."""
        return self._apps.get(client_id)

    def member(self, email_or_id: str) -> Member:
        """Return the person with that e-mail address or user id.

        Raises:
            KeyError: There is no such person.
        """
        found = self.known_member(email_or_id)
        if found is None:
            raise KeyError(f"the simulator has no person {email_or_id!r}")
        return found

    def known_member(self, email_or_id: str) -> Member | None:
        """Return the person with that e-mail address or user id, or None."""
        wanted = email_or_id.lower()
        for account in self.accounts:
            for person in account.people:
                if person.email.lower() == wanted or person.user_id == email_or_id:
                    return Member(person, account)
        return None


def lets_use(account: SimulatedAccount, app: SimulatedApp) -> bool:
    """Say whether an account's admins have not shut an app out."""
    return not account.needs_pre_approval or app.client_id in account.pre_approved


def _made_secret() -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(_SECRET_LENGTH))
