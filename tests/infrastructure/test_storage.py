from __future__ import annotations

import pytest

from tests.infrastructure.templates import Template, properties, resources


@pytest.mark.parametrize(
    "name",
    [
        "Key",
        "LinkKey",
        "BackupKey",
        "Table",
        "ScanBucket",
        "SalesforceSecret",
        "ZoomSecret",
        "ZoomWebhookSecret",
        "SlackSecret",
    ],
)
def test_data_survives_the_stack(expanded: Template, name: str) -> None:
    assert expanded["Resources"][name]["DeletionPolicy"] == "Retain"
    assert expanded["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_the_table_can_be_restored_and_is_hard_to_delete(expanded: Template) -> None:
    table = properties(expanded, "Table")

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert expanded["Parameters"]["DeletionProtection"]["Default"] == "true"


def test_the_table_costs_nothing_while_nobody_uses_it_and_forgets_what_expires(
    expanded: Template,
) -> None:
    table = properties(expanded, "Table")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_the_table_has_one_index_that_holds_keys_only(expanded: Template) -> None:
    indexes = properties(expanded, "Table")["GlobalSecondaryIndexes"]

    assert [(index["IndexName"], index["Projection"]) for index in indexes] == [
        ("gsi1", {"ProjectionType": "KEYS_ONLY"})
    ]


def test_everything_stored_is_encrypted_with_the_stacks_own_key(expanded: Template) -> None:
    own_key = {"Fn::GetAtt": ["Key", "Arn"]}
    bucket = properties(expanded, "ScanBucket")["BucketEncryption"]
    rule = bucket["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]
    queues = resources(expanded, "AWS::SQS::Queue")

    assert properties(expanded, "Table")["SSESpecification"]["KMSMasterKeyId"] == own_key
    assert properties(expanded, "SalesforceSecret")["KmsKeyId"] == own_key
    assert properties(expanded, "ZoomSecret")["KmsKeyId"] == own_key
    assert properties(expanded, "ZoomWebhookSecret")["KmsKeyId"] == own_key
    assert properties(expanded, "AlarmTopic")["KmsMasterKeyId"] == own_key
    assert rule == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": own_key}
    assert {
        queue["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][0] for queue in queues.values()
    } == {"Key"}


@pytest.mark.parametrize("key", ["Key", "BackupKey"])
def test_what_encrypts_changes_every_year(expanded: Template, key: str) -> None:
    assert properties(expanded, key)["EnableKeyRotation"] is True


def test_the_key_of_links_never_leaves_its_service_and_only_signs(expanded: Template) -> None:
    key = properties(expanded, "LinkKey")

    assert (key["KeySpec"], key["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")


def test_nothing_of_the_bucket_can_become_public(expanded: Template) -> None:
    assert properties(expanded, "ScanBucket")["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_manifests_are_removed_when_nobody_needs_them_any_more(expanded: Template) -> None:
    rules = properties(expanded, "ScanBucket")["LifecycleConfiguration"]["Rules"]

    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in rules] == [("scans/", 90)]


@pytest.mark.parametrize(
    ("name", "placeholder"),
    [
        ("SalesforceSecret", '{"consumer_key": "", "private_key": "", "consumer_secret": ""}'),
        ("ZoomSecret", '{"client_id": "", "client_secret": ""}'),
        ("ZoomWebhookSecret", '{"current": "", "previous": ""}'),
        ("SlackSecret", '{"bot_token": "", "signing_secret": "", "webhook_url": ""}'),
    ],
)
def test_a_secret_is_deployed_as_a_placeholder_without_a_credential(
    expanded: Template, name: str, placeholder: str
) -> None:
    secret = properties(expanded, name)

    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["SecretStringTemplate"] == placeholder
