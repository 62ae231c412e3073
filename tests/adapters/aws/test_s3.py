"""What only the manifests in S3 do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import BUCKET_NAME, REGION, client
from tests.builders import SCAN_ID, a_batch, org_id_of
from zoom_migrator.adapters.s3 import S3ManifestStore
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation
from zoom_migrator.domain.scan import ManifestLocation

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LOCATION = ManifestLocation(BUCKET_NAME, f"scans/{SCAN_ID}/manifest.json")


@pytest.fixture
def s3(aws: None) -> S3Client:
    s3: S3Client = client("s3")
    s3.create_bucket(Bucket=BUCKET_NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def test_a_manifest_is_the_json_array_that_the_distributed_map_reads(s3: S3Client) -> None:
    location = S3ManifestStore(s3, BUCKET_NAME).write(
        SCAN_ID, [a_batch(org_id_of(1), org_id_of(2)), a_batch(org_id_of(3), number=2)]
    )

    stored = s3.get_object(Bucket=location.bucket, Key=location.key)
    assert stored["ContentType"] == "application/json"
    assert json.loads(stored["Body"].read()) == [
        {"scan_id": SCAN_ID, "batch_number": 1, "org_ids": [org_id_of(1), org_id_of(2)]},
        {"scan_id": SCAN_ID, "batch_number": 2, "org_ids": [org_id_of(3)]},
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"{}",
        b'["00D5g0000000001EAA"]',
        b'[{"scan_id": "s", "batch_number": 1}]',
        b'[{"scan_id": "s", "batch_number": "1", "org_ids": []}]',
        b'[{"scan_id": "s", "batch_number": true, "org_ids": []}]',
        b'[{"scan_id": "s", "batch_number": 1, "org_ids": "00D5g0000000001EAA"}]',
        b'[{"scan_id": "s", "batch_number": 1, "org_ids": [1]}]',
    ],
)
def test_a_damaged_manifest_is_refused_instead_of_half_read(s3: S3Client, body: bytes) -> None:
    s3.put_object(Bucket=LOCATION.bucket, Key=LOCATION.key, Body=body)

    with pytest.raises(InvariantViolation, match=f"scans/{SCAN_ID}/manifest.json is damaged"):
        S3ManifestStore(s3, BUCKET_NAME).read(LOCATION)


def test_fields_that_a_later_release_adds_to_a_manifest_are_ignored(s3: S3Client) -> None:
    entry = {"scan_id": SCAN_ID, "batch_number": 1, "org_ids": ["a"], "added_later": {}}
    s3.put_object(Bucket=LOCATION.bucket, Key=LOCATION.key, Body=json.dumps([entry]).encode())

    assert S3ManifestStore(s3, BUCKET_NAME).read(LOCATION) == [a_batch("a")]


def test_a_bucket_that_does_not_exist_is_a_matter_of_settings(s3: S3Client) -> None:
    with pytest.raises(InvalidSettings, match="no-such-bucket does not exist"):
        S3ManifestStore(s3, "no-such-bucket").write(SCAN_ID, [])


def test_a_refused_manifest_says_which_bucket_refuses(s3: S3Client) -> None:
    with Stubber(s3) as stub:
        stub.add_client_error("get_object", "AccessDenied", "Access Denied", http_status_code=403)

        with pytest.raises(InvalidSettings, match=f"S3 bucket {BUCKET_NAME} refuses access"):
            S3ManifestStore(s3, BUCKET_NAME).read(LOCATION)
