"""Who and what a simulated Zoom holds: the document of ``--world`` and of the control API.

Defaults describe the good case: a business account with Meetings, Phone and Webinar, people who
are active, and a published app with granular scopes that an admin may add.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from local.zoom.behaviour import Behaviour
from local.zoom.faults import Fault
from local.zoom.ids import derived_id, derived_number, is_id
from local.zoom.scopes import is_classic

LOOPBACK_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))
# What the migrator needs: who consented, and which products that person has.
DEFAULT_SCOPES = ("user:read:user:admin", "user:read:settings:admin")


class Document(BaseModel):
    """A part of the document: closed, and checked on every change."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Product(StrEnum):
    """What an account can have bought."""

    MEETINGS = "meetings"
    PHONE = "phone"
    WEBINAR = "webinar"


class Role(StrEnum):
    """A person's role in the account; owners and admins may add account-level apps."""

    OWNER = "Owner"
    ADMIN = "Admin"
    MEMBER = "Member"


class Plan(StrEnum):
    """The plan of an account; rate limits go by it."""

    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"

    @property
    def is_paid(self) -> bool:
        """Whether people of the account can be licensed."""
        return self is not Plan.FREE


class AppKind(StrEnum):
    """Who may add an app: an admin for the account, anyone for himself, or nobody (no pages)."""

    ACCOUNT = "account"
    USER = "user"
    SERVER_TO_SERVER = "server_to_server"


class SimulatedPerson(Document):
    """Somebody with a Zoom login. ``products`` None means: what the account has."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    first_name: str = ""
    last_name: str = ""
    user_id: str = ""
    role: Role = Role.ADMIN
    active: bool = True
    products: list[Product] | None = None
    timezone: str = "America/Los_Angeles"
    language: str = "en-US"

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        # Direct assignment: validate_assignment would run this validator again for each field.
        fields = self.__dict__
        first, _, last = self.email.partition("@")[0].partition(".")
        fields["first_name"] = self.first_name or first.capitalize()
        fields["last_name"] = self.last_name or last.capitalize()
        fields["user_id"] = _checked_id(self.user_id or derived_id("user", self.email.lower()))
        return self

    @property
    def name(self) -> str:
        """The name that pages show."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_admin(self) -> bool:
        """Whether this person may add account-level apps."""
        return self.role is not Role.MEMBER


class SimulatedAccount(Document):
    """An account: its people, its products, and how it guards apps."""

    name: str
    account_id: str = ""
    account_number: int = 0
    plan: Plan = Plan.BUSINESS
    products: list[Product] = Field(default_factory=lambda: list(Product))
    people: list[SimulatedPerson] = Field(default_factory=list)
    needs_pre_approval: bool = False
    pre_approved: list[str] = Field(default_factory=list)
    rest_api_enabled: bool = True
    api_url: str | None = None
    tells_api_url: bool = True

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        fields = self.__dict__
        fields["account_id"] = _checked_id(self.account_id or derived_id("account", self.name))
        fields["account_number"] = self.account_number or derived_number("account", self.name)
        return self

    def products_of(self, person: SimulatedPerson) -> list[Product]:
        """Return the products that a person has."""
        return self.products if person.products is None else person.products

    @property
    def owner(self) -> SimulatedPerson | None:
        """The owner, or the first person."""
        owners = [person for person in self.people if person.role is Role.OWNER]
        return next(iter(owners or self.people), None)


class SimulatedApp(Document):
    """An app of the Marketplace. A secret that is not given is made when the app is registered.

    Attributes:
        allow_list: Full or base addresses; None means: the redirect addresses themselves.
        account: Name or id of the developer's account (and of a server-to-server app's).
        visible_to: E-mail addresses that can find the app; None means everybody.
    """

    name: str = "Zoom OAuth Migrator"
    developer: str = "Example Ltd"
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    kind: AppKind = AppKind.ACCOUNT
    redirect_uris: list[str] = Field(default_factory=list)
    allow_list: list[str] | None = None
    scopes: list[str] = Field(default_factory=lambda: list(DEFAULT_SCOPES))
    enabled: bool = True
    published: bool = True
    account: str | None = None
    visible_to: list[str] | None = None
    needs_pkce: bool = False
    webhook_url: str | None = None
    webhook_secret: str = Field(default="", repr=False)

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        self.__dict__["client_id"] = self.client_id or derived_id("app", self.name)
        return self

    @property
    def has_classic_scopes(self) -> bool:
        """Whether the app is of the kind whose scopes are not named in addresses."""
        return any(map(is_classic, self.scopes))

    @field_validator("webhook_url")
    @classmethod
    def _stays_here(cls, value: str | None) -> str | None:
        return is_of_this_machine(value)


class SimulatedZoom(Document):
    """The document of ``--world``: every account, every app, and how Zoom behaves."""

    accounts: list[SimulatedAccount] = Field(default_factory=list)
    apps: list[SimulatedApp] = Field(default_factory=list)
    behaviour: Behaviour = Field(default_factory=Behaviour)
    faults: list[Fault] = Field(default_factory=list)


def is_of_this_machine(url: str | None) -> str | None:
    """Return a webhook's address if no other machine is reached by it.

    Raises:
        ValueError: One could be.
    """
    if url is not None and urlsplit(url).hostname not in LOOPBACK_HOSTS:
        raise ValueError("a webhook goes to a loopback address only")
    return url


def _checked_id(value: str) -> str:
    if not is_id(value):
        raise ValueError(f"not a Zoom id (22 characters of base64url): {value!r}")
    return value
