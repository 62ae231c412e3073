"""A stack's account, seen with the permissions of somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boto3 import Session

from local.stack import LocalStack
from local.stack.emulator import REGION

type Call = Callable[[Account], object]


class Account:
    """What of the account a stack is in."""

    def __init__(self, stack: LocalStack, session: Session) -> None:
        self.stack = stack
        self._session = session
        self.table = stack.outputs["TableName"]
        self.bucket = stack.outputs["ScanBucketName"]
        self.secret = stack.outputs["SalesforceSecretArn"]
        self.machine = stack.outputs["ScanStateMachineArn"]

    def client(self, service: Any) -> Any:
        return self._session.client(service, endpoint_url=self.stack.endpoint_url)


def role_of(root: Account, function: str) -> str:
    """The role of a function."""
    configuration = root.client("lambda").get_function_configuration(
        FunctionName=f"zoom-migrator-{function}"
    )
    return str(configuration["Role"])


def as_role(stack: LocalStack, root: Account, arn: str) -> Account:
    """The account as a role sees it. Only the embedded AWS lets anybody take on any role."""
    taken = root.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = Session(
        taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"], region_name=REGION
    )
    return Account(stack, session)
