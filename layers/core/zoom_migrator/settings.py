"""Settings of the functions, read from the environment once and checked before use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.plain_settings import wrong_settings


def _version(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return PackageVersion.parse(text)
    except ValueError:
        # The domain's message quotes the text; a setting's value is never repeated.
        raise ValueError("a version such as 3.27 expected") from None


def _domains(text: object) -> object:
    if not isinstance(text, str):
        return text
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


type PackageId = Annotated[str, Field(pattern=r"^033[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$")]
type MinimumVersion = Annotated[PackageVersion, BeforeValidator(_version)]

ZOOM_PACKAGE_ID: Final = "033370000004aaUAAQ"
LOWEST_VERSION_WITH_OAUTH: Final = PackageVersion(3, 27)


class Settings(BaseModel):
    """Base of all settings: field names are the variables' names in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read settings from environment variables.

        Raises:
            InvalidSettings: One is missing or malformed; the message names it.
        """
        values = {
            name: environ[name.upper()] for name in cls.model_fields if name.upper() in environ
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise wrong_settings(
                f"{str(fault['loc'][0]).upper()}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False)
            ) from None


class TableSettings(Settings):
    """For whatever reads or writes the table."""

    table_name: Annotated[str, Field(min_length=3)]


class ScanRecordSettings(TableSettings):
    """For functions that work on a scan's record and manifest."""

    scan_bucket_name: Annotated[str, Field(min_length=3)]


class PlanScanSettings(ScanRecordSettings):
    """For ``plan_scan``."""

    scan_batch_size: Annotated[int, Field(ge=1, le=1_000)] = 200


class SalesforceAccessSettings(Settings):
    r"""For functions that ask orgs about themselves or change something in them.

    Patterns name the letters they mean: besides letting in every alphabet, ``\w`` takes a
    twentieth of a cold start to compile.
    """

    salesforce_secret_arn: Annotated[str, Field(min_length=1)]
    salesforce_api_version: Annotated[str, Field(pattern=r"^[0-9]{2,3}\.0$")] = "62.0"
    salesforce_allowed_domains: Annotated[
        tuple[str, ...], BeforeValidator(_domains), Field(min_length=1)
    ] = ("my.salesforce.com",)
    salesforce_connect_to: str = ""
    package_namespace: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,15}$")] = "zoom_app"
    package_id: PackageId = ZOOM_PACKAGE_ID
    keys_object: str = "zoom_app__Zoom__c"
    keys_api_key_field: str = "zoom_app__Zoom_API_Key__c"
    keys_api_secret_field: str = "zoom_app__Zoom_API_Secret__c"  # noqa: S105 - a field's name


class ScanOrgsSettings(TableSettings, SalesforceAccessSettings):
    """For ``scan_orgs``."""

    minimum_package_version: MinimumVersion = LOWEST_VERSION_WITH_OAUTH
    scan_threads: Annotated[int, Field(ge=1, le=256)] = 64
