"""Secrets kept in Secrets Manager."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.adapters.limits import check_secret
from zoom_migrator.domain.errors import InvalidSettings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# InvalidRequestException: the secret is marked for deletion.
_NOTHING_STORED: Final = frozenset({"InvalidRequestException", "ResourceNotFoundException"})


class SecretsManagerSecret:
    """One secret's text, such as the JSON of the Salesforce app."""

    def __init__(self, client: SecretsManagerClient, secret_id: str) -> None:
        """Take what the secret is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            secret_id: Name or ARN of the secret.
        """
        self._client = client
        self._secret_id = secret_id

    def read(self) -> str:
        """The current text.

        Raises:
            InvalidSettings: The secret does not exist, is being deleted, holds no text, or may not
                be read.
            StoreUnavailable: Secrets Manager cannot be reached; try again.
        """
        with self._calls():
            try:
                answer = self._client.get_secret_value(SecretId=self._secret_id)
            except ClientError as error:
                raise self._absent_or(error) from error
        text = answer.get("SecretString")
        if text is None:
            raise InvalidSettings(f"Secret {self._secret_id} holds no text.")
        return text

    def write(self, text: str) -> None:
        """Make this the current text; the one before stays readable as ``AWSPREVIOUS``.

        Raises:
            InvalidSettings: The text is too long, or the secret does not exist or may not be
                written.
            StoreUnavailable: Secrets Manager cannot be reached; try again.
        """
        check_secret(text)
        with self._calls():
            try:
                self._client.put_secret_value(SecretId=self._secret_id, SecretString=text)
            except ClientError as error:
                raise self._absent_or(error) from error

    def _calls(self) -> AbstractContextManager[None]:
        return aws_calls(f"Secret {self._secret_id}")

    def _absent_or(self, error: ClientError) -> Exception:
        if error_code(error) not in _NOTHING_STORED:
            return error
        return InvalidSettings(
            f"Secret {self._secret_id} does not exist or is being deleted.",
            remedy="Deploy the stack again, or restore the secret within its recovery window.",
        )
