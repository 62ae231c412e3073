"""Asking one org something: whatever goes wrong becomes a failure, and nothing secret comes out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from zoom_migrator.adapters.salesforce.errors import CheckFailed
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.ports import Clock

_log = logging.getLogger(__name__)


def asked[T](
    session: OrgSession, ask: Callable[[OrgSession], T], *, org_id: str, clock: Clock
) -> T | CheckFailure:
    """What an org answers, or why it does not; its connection is closed afterwards.

    Raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """
    try:
        with session:
            return ask(session)
    except CheckFailed as failure:
        return CheckFailure(
            failure.code,
            clock.now(),
            detail=session.public(failure.detail),
            http_status=failure.http_status,
            http_calls=session.http_calls,
        )
    except StoreUnavailable:
        raise
    except Exception as error:
        log_crash(error, org_id)
        return CheckFailure(
            FailureCode.INTERNAL_ERROR,
            clock.now(),
            detail=type(error).__name__,
            http_calls=session.http_calls,
        )


def log_crash(error: Exception, org_id: str) -> None:
    """Log where a bug showed; its message and the values in its trace may be secret."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    _log.error(
        "check_crashed",
        extra={"error_type": type(error).__name__, "places": places, "org_id": org_id},
    )
