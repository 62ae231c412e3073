"""The objects and fields of a simulated org, as far as package and settings clients ask for them.

Names are those of the public schema (Object Reference, Tooling API reference, and the metadata of
the Zoom package). Key prefixes of the Platform Cache objects are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

KEYS_OBJECT: Final = "zoom_app__Zoom__c"
KEYS_HISTORY: Final = "zoom_app__Zoom__History"
API_KEY_FIELD: Final = "zoom_app__Zoom_API_Key__c"
API_SECRET_FIELD: Final = "zoom_app__Zoom_API_Secret__c"  # noqa: S105 - the name of a field
TRACKED_FIELDS: Final = (API_KEY_FIELD, API_SECRET_FIELD, "zoom_app__Zoom_url__c")


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field: name and API type; updateable says whether anybody may write it."""

    name: str
    type: str
    updateable: bool = False
    length: int = 255


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship to a parent (one record) or to children (several)."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object; the dictionaries are keyed by lower-case names."""

    name: str
    prefix: str
    fields: dict[str, FieldType]
    parents: dict[str, Relation] = field(default_factory=dict)
    children: dict[str, Relation] = field(default_factory=dict)
    rest: bool = True
    tooling: bool = False
    only_by_id: bool = False


def _object(
    name: str,
    prefix: str,
    fields: str,
    *,
    parents: str = "",
    children: str = "",
    rest: bool = True,
    tooling: bool = False,
    only_by_id: bool = False,
) -> ObjectType:
    """Build an object from ``name:type`` words; a ``!`` marks a field that can be written."""
    types: dict[str, FieldType] = {}
    for word in fields.split():
        field_name, _, kind = word.rstrip("!").partition(":")
        types[field_name.lower()] = FieldType(field_name, kind or "string", word.endswith("!"))
    return ObjectType(
        name,
        prefix,
        types,
        _relations(parents),
        _relations(children),
        rest,
        tooling,
        only_by_id,
    )


def _relations(words: str) -> dict[str, Relation]:
    relations = (Relation(*word.split("=")) for word in words.split())
    return {relation.name.lower(): relation for relation in relations}


_PERMISSIONS: Final = (
    " PermissionsApiEnabled:boolean PermissionsModifyAllData:boolean"
    " PermissionsInstallPackaging:boolean PermissionsViewSetup:boolean"
    " PermissionsCustomizeApplication:boolean PermissionsAuthorApex:boolean"
)

_ALL: Final = (
    _object(
        "Organization",
        "00D",
        "Id:id Name OrganizationType:picklist IsSandbox:boolean InstanceName NamespacePrefix"
        " TrialExpirationDate:datetime IsReadOnly:boolean PrimaryContact LanguageLocaleKey:picklist"
        " DefaultLocaleSidKey:picklist TimeZoneSidKey:picklist CreatedDate:datetime",
    ),
    _object(
        "User",
        "005",
        "Id:id Username Email:email Name FirstName LastName IsActive:boolean ProfileId:reference"
        " UserType:picklist LanguageLocaleKey:picklist LocaleSidKey:picklist"
        " TimeZoneSidKey:picklist FederationIdentifier CreatedDate:datetime",
        tooling=True,
    ),
    _object("UserPermissionAccess", "0UP", "Id:id LastCacheUpdate:datetime" + _PERMISSIONS),
    _object("PermissionSet", "0PS", "Id:id Name Label IsOwnedByProfile:boolean" + _PERMISSIONS),
    _object(
        "PermissionSetAssignment",
        "0Pa",
        "Id:id AssigneeId:reference PermissionSetId:reference",
        parents="PermissionSet=PermissionSet Assignee=User",
    ),
    _object(
        "PackageLicense",
        "050",
        "Id:id NamespacePrefix Status:picklist ExpirationDate:datetime AllowedLicenses:int"
        " UsedLicenses:int IsProvisioned:boolean CreatedDate:datetime",
    ),
    _object(
        "PlatformCachePartition",
        "0Er",
        "Id:id DeveloperName MasterLabel Language:picklist NamespacePrefix"
        " IsDefaultPartition:boolean Description:textarea IsDeleted:boolean CreatedDate:datetime",
        children="PlatforCachePartitionTypes=PlatformCachePartitionType",
        tooling=True,
    ),
    _object(
        "PlatformCachePartitionType",
        "0Ev",
        "Id:id PlatformCachePartitionId:reference CacheType:picklist AllocatedCapacity:int"
        " AllocatedPartnerCapacity:int AllocatedPurchasedCapacity:int AllocatedTrialCapacity:int",
        parents="PlatformCachePartition=PlatformCachePartition",
        tooling=True,
    ),
    _object(
        "InstalledSubscriberPackage",
        "0A3",
        "Id:id SubscriberPackageId:reference SubscriberPackageVersionId:reference"
        " MinPackageVersionId:reference",
        parents="SubscriberPackage=SubscriberPackage"
        " SubscriberPackageVersion=SubscriberPackageVersion",
        rest=False,
        tooling=True,
    ),
    _object(
        "SubscriberPackage",
        "033",
        "Id:id Name NamespacePrefix Description IsPackageValid:boolean",
        rest=False,
        tooling=True,
        only_by_id=True,
    ),
    _object(
        "SubscriberPackageVersion",
        "04t",
        "Id:id Name SubscriberPackageId:reference MajorVersion:int MinorVersion:int"
        " PatchVersion:int BuildNumber:int IsBeta:boolean ReleaseState:picklist IsManaged:boolean"
        " IsDeprecated:boolean IsOrgDependent:picklist IsPasswordProtected:boolean"
        " IsSecurityReviewed:boolean InstallValidationStatus:picklist InstallationKey"
        " Package2ContainerOptions:picklist PublisherName Description AppExchangeDescription"
        " AppExchangeLogoUrl AppExchangePackageName AppExchangePublisherName PostInstallUrl"
        " ReleaseNotesUrl Dependencies:complexvalue Profiles:complexvalue"
        " RemoteSiteSettings:complexvalue CspTrustedSites:complexvalue",
        rest=False,
        tooling=True,
        only_by_id=True,
    ),
    _object(
        "PackageInstallRequest",
        "0Hf",
        "Id:id IsDeleted:boolean CreatedDate:datetime CreatedById:reference"
        " SubscriberPackageVersionKey! SecurityType:picklist! NameConflictResolution:picklist!"
        " EnableRss:boolean! UpgradeType:picklist! ApexCompileType:picklist! SkipHandlers!"
        " PackageInstallSource:picklist! Password! ProfileMappings:complexvalue!"
        " Status:picklist Errors:complexvalue",
        rest=False,
        tooling=True,
    ),
    _object(
        KEYS_OBJECT,
        "a0Z",
        "Id:id OwnerId:reference IsDeleted:boolean Name! CreatedDate:datetime"
        " LastModifiedDate:datetime SystemModstamp:datetime zoom_app__Zoom_API_Key__c!"
        " zoom_app__Zoom_API_Secret__c! zoom_app__Login_Type__c! zoom_app__Zoom_url__c!"
        " zoom_app__zoom_service_env__c! zoom_app__External_Zoom_Meetings__c!"
        " zoom_app__Get_Zoom_Meeting_Information__c! zoom_app__Enable_Password__c:boolean!"
        " zoom_app__Enable_Webinar_Feature__c:boolean!"
        " zoom_app__Disable_Invitation_Email__c:boolean!"
        " zoom_app__Populate_Details_into_Event_Description__c:boolean!",
        parents="Owner=User",
    ),
    _object(
        KEYS_HISTORY,
        "017",
        "Id:id IsDeleted:boolean ParentId:reference Field:picklist OldValue NewValue"
        " CreatedDate:datetime CreatedById:reference",
        parents=f"Parent={KEYS_OBJECT}",
    ),
)

OBJECTS: Final = {one.name.lower(): one for one in _ALL}
