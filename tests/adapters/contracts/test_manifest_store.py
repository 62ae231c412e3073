"""What every manifest store does, whatever it keeps its manifests in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import BUCKET_NAME, REGION, client
from tests.builders import SCAN_ID, org_id_of
from zoom_migrator.adapters.memory.manifests import InMemoryManifestStore
from zoom_migrator.adapters.s3 import S3ManifestStore
from zoom_migrator.domain.errors import ScanNotFound
from zoom_migrator.domain.scan import ManifestLocation, ScanBatch
from zoom_migrator.ports import ManifestStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BATCHES = [
    ScanBatch(SCAN_ID, 1, (org_id_of(1), org_id_of(2))),
    ScanBatch(SCAN_ID, 2, (org_id_of(3),)),
]


@pytest.fixture(params=["memory", "s3"])
def manifests(request: pytest.FixtureRequest) -> ManifestStore:
    if request.param == "memory":
        return InMemoryManifestStore(BUCKET_NAME)
    request.getfixturevalue("aws")
    s3: S3Client = client("s3")
    s3.create_bucket(Bucket=BUCKET_NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
    return S3ManifestStore(s3, BUCKET_NAME)


def test_a_manifest_comes_back_as_it_was_written(manifests: ManifestStore) -> None:
    location = manifests.write(SCAN_ID, BATCHES)

    assert manifests.read(location) == BATCHES


def test_a_manifest_lies_below_the_prefix_that_functions_may_use(manifests: ManifestStore) -> None:
    location = manifests.write(SCAN_ID, BATCHES)

    assert location.bucket == BUCKET_NAME
    assert location.key.startswith(f"scans/{SCAN_ID}/manifest-")


def test_writing_the_same_manifest_again_changes_nothing(manifests: ManifestStore) -> None:
    first = manifests.write(SCAN_ID, BATCHES)

    assert manifests.write(SCAN_ID, BATCHES) == first
    assert manifests.read(first) == BATCHES


def test_another_plan_of_the_same_scan_does_not_overwrite_the_first(
    manifests: ManifestStore,
) -> None:
    first = manifests.write(SCAN_ID, BATCHES)
    second = manifests.write(SCAN_ID, BATCHES[:1])

    assert manifests.read(first) == BATCHES
    assert manifests.read(second) == BATCHES[:1]


def test_the_manifest_of_an_empty_fleet_is_empty(manifests: ManifestStore) -> None:
    assert manifests.read(manifests.write(SCAN_ID, [])) == []


def test_a_manifest_that_was_never_written_is_not_found(manifests: ManifestStore) -> None:
    manifests.write(SCAN_ID, BATCHES)

    with pytest.raises(ScanNotFound, match="scan-other"):
        manifests.read(ManifestLocation(BUCKET_NAME, "scans/scan-other/manifest.json"))
