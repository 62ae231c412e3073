"""Finds a deployed stack with the operator's own AWS settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.domain.errors import StackNotFound
from zoom_migrator.plain_settings import PlainSettings


@dataclass
class DeployedStack:
    """A stack of an AWS account, or of an AWS on this machine."""

    stack: str
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None

    @cached_property
    def actor(self) -> str:
        """Who is at the keyboard, as AWS knows them."""
        try:
            return str(self.client("sts").get_caller_identity()["Arn"])
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error

    @property
    def stack_name(self) -> str:
        """Its name, also where it was given by its ARN."""
        return self.stack.rpartition(":stack/")[2].partition("/")[0]

    @property
    def outputs(self) -> Mapping[str, str]:
        """What the stack tells.

        Raises:
            StackNotFound: The stack cannot be read.
        """
        return self._outputs

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the stack was deployed with.

        Raises:
            StackNotFound: The stack cannot be read.
        """
        return self._parameters

    def output(self, name: str) -> str:
        """An output of the stack.

        Raises:
            StackNotFound: The stack cannot be read, or is too old to have this output.
        """
        if name not in self._outputs:
            raise StackNotFound(
                f"Stack {self.stack!r} has no output {name}.",
                remedy="Deploy the current template: the stack is older than this command line.",
            )
        return self._outputs[name]

    def settings[S: PlainSettings](self, kind: type[S], **told: str) -> S:
        """Settings as the stack's functions have them, read from its outputs and parameters.

        A setting goes by its own name in either, such as ``ZoomApiUrl`` for ``zoom_api_url``;
        where it is in both, the output says what the functions use.

        Args:
            told: Settings that go by another name, or by none.

        Raises:
            InvalidSettings: One is missing or malformed; the message names it.
            StackNotFound: The stack cannot be read.
        """
        known = {name.lower(): value for name, value in (self._parameters | self._outputs).items()}
        values = {
            name: known[name.replace("_", "")]
            for name in kind.model_fields
            if name.replace("_", "") in known
        }
        environ = {name.upper(): text for name, text in (values | told).items()}
        return kind.from_environ(environ)

    @cached_property
    def _outputs(self) -> dict[str, str]:
        outputs = self._description.get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    @cached_property
    def _parameters(self) -> dict[str, str]:
        parameters = self._description.get("Parameters", [])
        return {
            parameter["ParameterKey"]: parameter.get("ParameterValue", "")
            for parameter in parameters
        }

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        try:
            answer = self.client("cloudformation").describe_stacks(StackName=self.stack)
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error
        found: Mapping[str, Any] = answer["Stacks"][0]
        return found

    def _unreachable(self, error: Exception) -> StackNotFound:
        where = self.endpoint_url or f"AWS region {self.region or 'of your profile'}"
        return StackNotFound(
            f"Stack {self.stack!r} cannot be read at {where}: {error}",
            remedy="Check --stack, --profile, --region (or AWS_ENDPOINT_URL) and your credentials.",
        )

    @cached_property
    def _session(self) -> boto3.Session:
        try:
            return boto3.Session(profile_name=self.profile, region_name=self.region)
        except BotoCoreError as error:
            raise self._unreachable(error) from error

    # boto3's own typing of client() is one overload a service; the name is enough here.
    def client(self, service: Any, *, config: Config | None = None) -> Any:
        """A client of an AWS service.

        Args:
            config: How it is set up, where that is not the usual way.

        Raises:
            StackNotFound: Region or credentials are missing or malformed.
        """
        try:
            return self._session.client(
                service,
                endpoint_url=self.endpoint_url,
                config=config or client_config(max_connections=10),
            )
        except (BotoCoreError, ValueError) as error:
            raise self._unreachable(error) from error
