"""Who may open the backup of an org's old keys, on the deployed stack with IAM enforced."""

from __future__ import annotations

from typing import Final

import pytest
from botocore.exceptions import ClientError

from local.stack import LocalStack
from tests.functions.resources import function_resources
from tests.integration.account import Account, as_role, role_of
from zoom_migrator.adapters.kms_backups import KmsBackupVault
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.legacy_keys import KeyValues

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

ORG_ID: Final = "00D5g0000000001EAA"
KEYS: Final = (KeyValues("a0Z5g000000ABCDEAA", "key-canary", "secret-canary"),)
REMOVES_KEYS: Final = "remove_keys"
ALL_OTHERS: Final = sorted(set(function_resources().values()) - {REMOVES_KEYS})


@pytest.fixture(scope="module")
def root(stack: LocalStack) -> Account:
    return Account(stack, stack.session)


@pytest.fixture(scope="module")
def backup(root: Account) -> str:
    return vault_of(role(root, REMOVES_KEYS)).seal(KEYS, org_id=ORG_ID)


def test_whoever_removes_keys_opens_what_it_sealed(root: Account, backup: str) -> None:
    opened = vault_of(role(root, REMOVES_KEYS)).open(backup, org_id=ORG_ID)

    assert opened == KEYS


@pytest.mark.parametrize("function", ALL_OTHERS)
def test_no_other_function_opens_it(root: Account, backup: str, function: str) -> None:
    with pytest.raises((MigratorError, ClientError), match=r"not authorized|AccessDenied"):
        vault_of(role(root, function)).open(backup, org_id=ORG_ID)


def role(root: Account, function: str) -> Account:
    """The account as a function sees it."""
    return as_role(root.stack, root, role_of(root, function.replace("_", "-")))


def vault_of(account: Account) -> KmsBackupVault:
    return KmsBackupVault(account.client("kms"), account.stack.outputs["BackupKeyArn"])
