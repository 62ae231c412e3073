"""What a check saw of an org as a JSON document; field names are stable."""

from __future__ import annotations

from typing import Any

from zoom_migrator.domain.check import OrgSnapshot


def snapshot_document(snapshot: OrgSnapshot) -> dict[str, Any]:
    """What the last good check saw; of the old keys only whether there are any."""
    package, identity, org = snapshot.package, snapshot.identity, snapshot.org
    rights, usage = snapshot.permissions, snapshot.api_usage
    return {
        "checked_at": snapshot.checked_at,
        "package": package
        and {
            "version": package.version.full,
            "version_id": package.version_id,
            "package_id": package.package_id,
            "name": package.name,
        },
        "keys": {
            "presence": snapshot.keys.presence,
            "record_count": snapshot.keys.record_count,
        },
        "identity": identity
        and {
            "user_id": identity.user_id,
            "username": identity.username,
            "email": identity.email,
        },
        "org": org
        and {
            "name": org.name,
            "edition": org.edition,
            "instance": org.instance,
            "is_sandbox": org.is_sandbox,
            "is_read_only": org.is_read_only,
            "trial_expires_at": org.trial_expires_at,
        },
        "permissions": rights
        and {
            "modify_all_data": rights.modify_all_data,
            "install_packages": rights.install_packages,
            "view_setup": rights.view_setup,
            "customize_application": rights.customize_application,
            "author_apex": rights.author_apex,
        },
        "platform_cache": snapshot.platform_cache,
        "api_usage": usage and {"used": usage.used, "limit": usage.limit},
        "unknown": {str(section): why for section, why in snapshot.unknown.items()},
    }
