"""What a simulated Slack holds: the document of ``--world`` and of the control API.

Defaults describe the good case: a workspace with one person and one channel, and an app with a bot
that may post and an incoming webhook for that channel.
"""

from __future__ import annotations

from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from local.slack.faults import Fault
from local.slack.ids import bot_token, derived_id, hook_secret, signing_secret

LOOPBACK_HOSTS: Final = frozenset(("127.0.0.1", "localhost", "::1"))


class Document(BaseModel):
    """A part of the document: closed, and checked on every change."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class SimulatedPerson(Document):
    """Somebody who reads channels and presses buttons."""

    name: str = Field(pattern=r"^[a-z0-9._-]{1,80}$")
    real_name: str = ""
    user_id: str = ""

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        # Direct assignment: validate_assignment would run this validator again for each field.
        fields = self.__dict__
        fields["real_name"] = self.real_name or self.name.replace(".", " ").title()
        fields["user_id"] = self.user_id or derived_id("U", self.name)
        return self


class SimulatedChannel(Document):
    """A channel.

    Attributes:
        has_bot: Whether the app's bot was invited.
        is_read_only: Whether an admin has limited who may post.
    """

    name: str = Field(pattern=r"^[a-z0-9_-]{1,80}$")
    channel_id: str = ""
    is_archived: bool = False
    is_read_only: bool = False
    has_bot: bool = True

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        self.__dict__["channel_id"] = self.channel_id or derived_id("C", self.name)
        return self


class SimulatedApp(Document):
    """The app. A secret that is not given is made.

    Attributes:
        scopes: What the bot may do.
        webhook_channel: Name of the channel of the incoming webhook; empty where there is none.
        interactivity_url: Where presses are posted to; a loopback address only.
        is_token_revoked: Whether the workspace has removed the app.
    """

    name: str = "Zoom OAuth Migrator"
    app_id: str = derived_id("A", "zoom-oauth-migrator")
    bot_token: str = Field(default_factory=bot_token, repr=False)
    signing_secret: str = Field(default_factory=signing_secret, repr=False)
    webhook_secret: str = Field(default_factory=hook_secret, repr=False)
    webhook_channel: str = ""
    scopes: list[str] = Field(default_factory=lambda: ["chat:write", "incoming-webhook"])
    interactivity_url: str | None = None
    is_token_revoked: bool = False
    is_webhook_disabled: bool = False

    @field_validator("interactivity_url")
    @classmethod
    def _stays_here(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).hostname not in LOOPBACK_HOSTS:
            raise ValueError("presses go to a loopback address only")
        return value


class SimulatedSlack(Document):
    """The document of ``--world``.

    Attributes:
        burst: How many messages a channel takes at once; after that, one every second.
    """

    team: str = "Example Ltd"
    domain: str = "example"
    people: list[SimulatedPerson] = Field(
        default_factory=lambda: [SimulatedPerson(name="ada.operator")], min_length=1
    )
    channels: list[SimulatedChannel] = Field(
        default_factory=lambda: [SimulatedChannel(name="zoom-migration")], min_length=1
    )
    app: SimulatedApp = Field(default_factory=SimulatedApp)
    burst: int = Field(default=20, ge=1)
    faults: list[Fault] = Field(default_factory=list)

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return derived_id("T", self.domain)

    def channel(self, name_or_id: str) -> SimulatedChannel | None:
        """Return a channel by ``name``, ``#name`` or id, or None."""
        name = name_or_id.removeprefix("#")
        found = (one for one in self.channels if name in (one.name, one.channel_id))
        return next(found, None)

    def person(self, name_or_id: str) -> SimulatedPerson | None:
        """Return a person by name or id, or None."""
        found = (one for one in self.people if name_or_id in (one.name, one.user_id))
        return next(found, None)

    @property
    def webhook_path(self) -> str:
        """Path of the incoming webhook's address."""
        hook_id = derived_id("B", self.app.app_id)
        return f"/services/{self.team_id}/{hook_id}/{self.app.webhook_secret}"
