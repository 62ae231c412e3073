"""How the product talks to AWS: how its clients are set up, and what AWS's errors mean.

Every adapter that calls AWS does so within :func:`aws_calls`, so that nothing further in ever
sees an error of the client library.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import botocore
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # the client library's own, not the built-in one
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    ParamValidationError,
)

from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
    MigratorError,
    StoreUnavailable,
)

CONNECT_TIMEOUT_SECONDS: Final = 3
READ_TIMEOUT_SECONDS: Final = 10
MAX_ATTEMPTS: Final = 5
_DEFAULT_CONNECTIONS: Final = 10
# Named as a whole, because the library would put its own together anew, twice for every call,
# which takes an eighth of a call's CPU time.
_USER_AGENT: Final = f"Botocore/{botocore.__version__} app/zoom-oauth-migrator"

_CHANGED_MEANWHILE: Final = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
_TRANSIENT: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "ExecutionLimitExceeded",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "KMSThrottlingException",
        "KmsThrottled",
        "KmsThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "DecryptionFailure",
        "DisabledException",
        "EncryptionFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidKeyUsageException",
        "InvalidSignatureException",
        "KMSAccessDeniedException",
        "KMSInvalidStateException",
        "KmsAccessDenied",
        "KmsAccessDeniedException",
        "KmsDisabled",
        "KmsInvalidKeyUsage",
        "KmsInvalidState",
        "KmsInvalidStateException",
        "KmsOptInRequired",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_MISSING: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "KmsNotFound",
        "NoSuchBucket",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    }
)
_CONNECTION_TROUBLE: Final = (
    ConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)
_CHECK_ACCESS: Final = (
    "Check the AWS credentials and the clock of the machine, the permissions of the role or user, "
    "and access to the KMS key."
)
_CHECK_NAME: Final = "Check the AWS account and region, and that the stack is deployed there."


def client_config(*, max_connections: int, check_parameters: bool = True) -> Config:
    """How every AWS client of the product is set up.

    Time-outs are short against the library's 60 seconds, so that a lost connection costs a scan
    seconds. ``standard`` retries have a quota, which keeps a fleet of threads from hammering a
    service that is in trouble; ``adaptive`` would slow all threads down for one throttled item.

    Args:
        max_connections: How many calls run at the same time; connections are kept for as many.
        check_parameters: Whether the library checks requests before it sends them. For DynamoDB
            that takes a quarter to a half of a call's CPU time and finds nothing, because the
            table's adapters make every attribute themselves and the service checks them too.
    """
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        max_pool_connections=max(max_connections, _DEFAULT_CONNECTIONS),
        parameter_validation=check_parameters,
        tcp_keepalive=True,
        user_agent=_USER_AGENT,
    )


@contextmanager
def aws_calls(subject: str) -> Iterator[None]:
    """Turn what goes wrong in calls of AWS within the block into the product's errors.

    Args:
        subject: What is called, for the message: ``DynamoDB table orgs``.

    Raises:
        ConcurrentModification: A condition failed, or another transaction was at the same item.
        StoreUnavailable: AWS is throttling, failing or unreachable; trying again may work.
        InvalidSettings: Access is denied, credentials are missing, or what is called is not there.
        InvariantViolation: AWS finds the request itself wrong.
    """
    try:
        yield
    except ClientError as error:
        raise _meaning_of_answer(error, subject) from error
    except BotoCoreError as error:
        raise _meaning_of_client_failure(error, subject) from error


def error_code(error: ClientError) -> str:
    """The code AWS gives an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _meaning_of_answer(error: ClientError, subject: str) -> MigratorError:
    codes = _codes(error)
    said = f"{error_code(error)}: {error.response.get('Error', {}).get('Message', '')}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not _CHANGED_MEANWHILE.isdisjoint(codes):
        return ConcurrentModification(f"{subject}: the item was changed by somebody else.")
    if status >= 500 or not _TRANSIENT.isdisjoint(codes):
        return StoreUnavailable(f"{subject} is not available ({said}).")
    if not _REFUSED.isdisjoint(codes):
        return InvalidSettings(f"{subject} refuses access ({said}).", remedy=_CHECK_ACCESS)
    if not _MISSING.isdisjoint(codes):
        return InvalidSettings(f"{subject} does not exist ({said}).", remedy=_CHECK_NAME)
    return InvariantViolation(f"{subject} rejected a request ({said}).")


def _codes(error: ClientError) -> Iterable[str]:
    """The code of an error, or those of all parts of a cancelled transaction."""
    reasons = error.response.get("CancellationReasons")
    if not reasons:
        return {error_code(error)}
    return {str(reason.get("Code", "None")) for reason in reasons}


def _meaning_of_client_failure(error: BotoCoreError, subject: str) -> MigratorError:
    if isinstance(error, _CONNECTION_TROUBLE):
        return StoreUnavailable(f"{subject} cannot be reached ({error}).")
    if isinstance(error, ParamValidationError):
        return InvariantViolation(f"{subject}: a request is malformed ({error}).")
    return InvalidSettings(f"{subject} cannot be called ({error}).", remedy=_CHECK_ACCESS)
