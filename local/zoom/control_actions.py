"""What the control API, and tests through the simulator's handle, can make happen."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from local.zoom.codes import Consent
from local.zoom.model import Document
from local.zoom.pkce import Challenge
from local.zoom.world import World

_SECRET_FIELDS = frozenset(("client_secret", "webhook_secret"))


class ControlRefused(Exception):
    """A control request that cannot be carried out."""

    def __init__(self, status: int, message: str) -> None:
        """Keep status and message of the answer."""
        super().__init__(message)
        self.status = status


class CodeOrder(BaseModel):
    """A consent without pages; ``scopes`` None means all of the app's."""

    model_config = ConfigDict(extra="forbid")

    client_id: str
    email: str
    redirect_uri: str
    code_challenge: str | None = None
    code_challenge_method: str = "S256"
    scopes: list[str] | None = None


def no_such_resource() -> ControlRefused:
    """Return the answer for an address that the control API does not have."""
    return ControlRefused(404, "no such control resource")


def changed(document: Document, changes: object) -> dict[str, object]:
    """Change fields of a document, all or none, and return it without secrets.

    Raises:
        ValueError: A field is unknown, or its value not valid.
    """
    if not isinstance(changes, dict):
        raise ValueError("the changes are not a JSON object")
    valid = type(document).model_validate({**document.model_dump(), **changes})
    for name in changes:
        setattr(document, name, getattr(valid, name))
    return document.model_dump(mode="json", exclude=set(_SECRET_FIELDS))


def issue_code(world: World, order: object) -> str:
    """Let a person consent and return the code.

    Raises:
        KeyError: There is no such app or person.
        ValueError: The order is not valid.
    """
    wanted = CodeOrder.model_validate(order)
    app = world.registry.app(wanted.client_id)
    member = world.registry.member(wanted.email)
    challenge = None
    if wanted.code_challenge is not None:
        challenge = Challenge(wanted.code_challenge, wanted.code_challenge_method)
    return world.consent(
        Consent(
            app.client_id,
            member.account.account_id,
            member.person.user_id,
            tuple(app.scopes if wanted.scopes is None else wanted.scopes),
            wanted.redirect_uri,
            challenge,
        )
    )


def approve(world: World, account: str, client_id: str) -> dict[str, object]:
    """Pre-approve an app for an account, as its admin does in the Marketplace.

    Raises:
        KeyError: There is no such account or app.
    """
    found, app = world.registry.account(account), world.registry.app(client_id)
    if app.client_id not in found.pre_approved:
        found.pre_approved.append(app.client_id)
    return {"pre_approved": found.pre_approved}


def withdraw(world: World, account: str, client_id: str) -> dict[str, object]:
    """Take a pre-approval back: the account's tokens for the app stop working.

    Raises:
        KeyError: There is no such account or app.
    """
    found, app = world.registry.account(account), world.registry.app(client_id)
    found.pre_approved = [one for one in found.pre_approved if one != app.client_id]
    return {"pre_approved": found.pre_approved}


def end_grant(world: World, client_id: str, who: str) -> dict[str, object]:
    """End a person's tokens for an app, which stays added, and tell nobody.

    Raises:
        KeyError: There is no such app or person.
    """
    app, member = world.registry.app(client_id), world.registry.member(who)
    return {"ended": world.grants.end(app.client_id, user_id=member.person.user_id)}
