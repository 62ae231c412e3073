"""The manifests of scans, in S3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.domain.errors import InvariantViolation, ScanNotFound
from zoom_migrator.domain.scan import ManifestLocation, ScanBatch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING: Final = "NoSuchKey"


class S3ManifestStore:
    """The :class:`~zoom_migrator.ports.ManifestStore` of the deployed product.

    A manifest is a JSON array with an object a batch, which the Distributed Map hands to its
    children one by one: ``{"scan_id": ..., "batch_number": ..., "org_ids": [...]}``.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, scan_id: str, batches: Sequence[ScanBatch]) -> ManifestLocation:
        """See the port."""
        entries = [_entry(batch) for batch in batches]
        body = json.dumps(entries, separators=(",", ":")).encode()
        digest = hashlib.sha256(body).hexdigest()[:16]
        location = ManifestLocation(self._bucket, f"scans/{scan_id}/manifest-{digest}.json")
        with aws_calls(f"S3 bucket {location.bucket}"):
            self._client.put_object(
                Bucket=location.bucket,
                Key=location.key,
                Body=body,
                ContentType="application/json",
            )
        return location

    def read(self, location: ManifestLocation) -> list[ScanBatch]:
        """See the port.

        Raises:
            ScanNotFound: There is no such manifest. S3 says so only to those who may list the
                bucket; to others a missing manifest looks like a refused one.
            InvariantViolation: The manifest is damaged.
        """
        with aws_calls(f"S3 bucket {location.bucket}"):
            try:
                answer = self._client.get_object(Bucket=location.bucket, Key=location.key)
                body = answer["Body"].read()
            except ClientError as error:
                if error_code(error) == _MISSING:
                    raise ScanNotFound(f"There is no manifest {_address(location)}.") from error
                raise
        try:
            return [_batch(entry) for entry in _entries(body)]
        except ValueError as error:
            raise InvariantViolation(
                f"Manifest {_address(location)} is damaged: {error}.",
                remedy="Start the scan again; nothing but the planning of a scan writes manifests.",
            ) from error


def _entry(batch: ScanBatch) -> dict[str, object]:
    return {
        "scan_id": batch.scan_id,
        "batch_number": batch.number,
        "org_ids": list(batch.org_ids),
    }


def _entries(body: bytes) -> list[object]:
    entries = json.loads(body)
    if not isinstance(entries, list):
        raise ValueError("not an array")
    return entries


def _batch(entry: object) -> ScanBatch:
    match entry:
        case {"scan_id": str(scan_id), "batch_number": int(number), "org_ids": list(org_ids)}:
            if type(number) is int and all(isinstance(org_id, str) for org_id in org_ids):
                return ScanBatch(scan_id=scan_id, number=number, org_ids=tuple(org_ids))
    raise ValueError("an entry is not a batch")


def _address(location: ManifestLocation) -> str:
    return f"s3://{location.bucket}/{location.key}"
