"""Where a person installs a package version by hand."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from zoom_migrator.domain.org import Environment

_LOGIN_HOSTS: Final = {
    Environment.PRODUCTION: "https://login.salesforce.com",
    Environment.SANDBOX: "https://test.salesforce.com",
}


def install_link(environment: Environment, version_id: str) -> str:
    """The page that installs a version, reached through the org's login service.

    Source: the install address that @salesforce/packaging prints.
    """
    query = urlencode({"p0": version_id})
    return f"{_LOGIN_HOSTS[environment]}/packaging/installPackage.apexp?{query}"
