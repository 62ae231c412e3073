"""What is around a stack, and only the doctor asks for: clock, schedules, senders, pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.domain.errors import StackNotFound, StoreUnavailable
from zoom_migrator_cli.connection import Connection

# As the template names them.
SCAN_SCHEDULE: Final = "scan-fleet"
SWEEP_SCHEDULE: Final = "sweep-fleet"
REMINDER_SCHEDULE: Final = "send-reminders"
_NOT_THERE: Final = frozenset({"NotFoundException", "ResourceNotFoundException"})
_PATIENCE_SECONDS: Final = (3.0, 10.0)
_NOTHING: Final[Mapping[str, Any]] = {}
_AGENT: Final = "zoom-migrator-doctor"


@dataclass(frozen=True, slots=True)
class Greeting:
    """AWS's answer to the question of who asks.

    Attributes:
        arn: Who asks, as AWS knows them; empty where it did not say.
        refusal: Why it did not.
        ahead: How far this machine's clock is ahead of AWS's; None where AWS told no time.
    """

    arn: str
    refusal: str
    ahead: timedelta | None


@dataclass(frozen=True, slots=True)
class Page:
    """What answers at an address.

    Attributes:
        is_ours: Whether it is one of the product's own pages.
    """

    status: int
    is_ours: bool


class Surroundings:
    """Asks AWS and the public address."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def greeting(self) -> Greeting:
        """Who asks, and what AWS's clock says; what keeps from asking is part of it."""
        clock, refusal, answer = self._connection.clock, "", _NOTHING
        before = clock.now()
        try:
            answer = self._connection.client("sts").get_caller_identity()
        except ClientError as error:
            answer, refusal = error.response, str(error)
        except BotoCoreError as error:
            refusal = str(error)
        except StackNotFound as error:
            refusal = error.message
        asked_at = before + (clock.now() - before) / 2
        said_at = _date_in(answer)
        return Greeting(
            arn=str(answer.get("Arn", "")),
            refusal=refusal,
            ahead=asked_at - said_at if said_at is not None else None,
        )

    def schedule(self, name: str) -> str | None:
        """``ENABLED`` or ``DISABLED``, as a schedule is now; None where there is none.

        Args:
            name: Without the stack's, such as ``scan-fleet``.

        Raises:
            MigratorError: It cannot be asked for.
        """
        stack = self._connection.stack_name
        with aws_calls(f"Schedule {stack}-{name}"):
            try:
                answer = self._connection.client("scheduler").get_schedule(
                    Name=f"{stack}-{name}", GroupName=stack
                )
            except ClientError as error:
                if error_code(error) in _NOT_THERE:
                    return None
                raise
        return str(answer["State"])

    def is_verified_sender(self, address: str) -> bool:
        """Whether SES sends e-mail from an address, or from all of its domain.

        Raises:
            MigratorError: SES cannot be asked.
        """
        return any(self._is_verified(identity) for identity in _identities(address))

    def is_in_mail_sandbox(self) -> bool:
        """Whether SES sends only to addresses that are verified, in this region.

        Raises:
            MigratorError: SES cannot be asked.
        """
        with aws_calls("SES account"):
            answer = self._connection.client("sesv2").get_account()
        return not answer.get("ProductionAccessEnabled")

    def page(self, address: str) -> Page:
        """What answers at an address; redirects are not followed.

        Raises:
            StoreUnavailable: Nothing answers; the message says why.
        """
        # Imported here: no other command asks for a page.
        import requests

        try:
            with requests.get(
                address,
                allow_redirects=False,
                headers={"User-Agent": _AGENT},
                stream=True,
                timeout=_PATIENCE_SECONDS,
            ) as answer:
                policy = answer.headers.get("Content-Security-Policy", "")
                return Page(answer.status_code, is_ours=policy.startswith("default-src 'none'"))
        except requests.exceptions.SSLError as error:
            raise StoreUnavailable("it speaks no TLS, or its certificate is refused.") from error
        except requests.Timeout as error:
            raise StoreUnavailable("it takes too long.") from error
        except requests.RequestException as error:
            raise StoreUnavailable("no connection comes about.") from error

    def _is_verified(self, identity: str) -> bool:
        with aws_calls(f"SES identity {identity}"):
            try:
                answer = self._connection.client("sesv2").get_email_identity(EmailIdentity=identity)
            except ClientError as error:
                if error_code(error) in _NOT_THERE:
                    return False
                raise
        return bool(answer.get("VerifiedForSendingStatus"))


def _identities(address: str) -> Iterator[str]:
    """What SES may have verified for an address to be a sender: itself, its domain, those above."""
    yield address
    labels = address.rpartition("@")[2].split(".")
    for number in range(len(labels) - 1):
        yield ".".join(labels[number:])


def _date_in(answer: Mapping[str, Any]) -> datetime | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return None
