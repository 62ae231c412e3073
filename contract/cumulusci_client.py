"""Drives CumulusCI. Runs in CumulusCI's own environment, so it imports nothing of this project.

Reads a JSON object with ``url``, ``token``, ``version_id``, ``password``, ``consumer_key``,
``key_file`` and ``username`` from standard input; prints one JSON object with what CumulusCI made
of the answers.
"""

# CumulusCI ships no type information, and is not installed where this project is checked.
# mypy: ignore-errors

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from unittest import mock

from cumulusci.core.config import OrgConfig
from cumulusci.core.exceptions import PackageInstallError, SalesforceCredentialsException
from cumulusci.oauth.salesforce import jwt_session
from cumulusci.salesforce_api.package_install import (
    PackageInstallOptions,
    install_package_by_version_id,
)
from simple_salesforce.exceptions import SalesforceError


class _TokenOrg(OrgConfig):
    """An org that is already logged in."""

    def refresh_oauth_token(self, *_args, **_kwargs):
        """Keep the token."""


def main() -> None:
    """Do what was asked for and print it."""
    logging.disable(logging.CRITICAL)
    order = json.load(sys.stdin)
    answer = {name: _ACTIONS[name](order) for name in order["actions"]}
    json.dump(answer, sys.stdout)


def _org(order):
    settings = {"instance_url": order["url"], "access_token": order["token"]}
    return _TokenOrg(settings, "contract")


def _versions(order):
    installed = _org(order).installed_packages
    return {
        name: [str(one.number) for one in found]
        for name, found in installed.items()
        if "@" not in name
    }


def _minimum(order):
    org = _org(order)
    return [org.has_minimum_package_version("zoom_app", wanted) for wanted in ("3.23", "3.27")]


def _api_version(order):
    return _org(order).latest_api_version


def _install(order):
    return _installed(order, {"retries": 0, "retry_interval": 0, "retry_interval_add": 0})


def _install_patiently(order):
    return _installed(order, {"retries": 3, "retry_interval": 0, "retry_interval_add": 0})


def _installed(order, patience):
    project = mock.Mock()
    project.project__package__api_version = "60.0"
    options = PackageInstallOptions(password=order["password"])
    try:
        install_package_by_version_id(project, _org(order), order["version_id"], options, patience)
    except (PackageInstallError, SalesforceError) as error:
        return str(error)
    return "installed"


def _login(order):
    key = Path(order["key_file"]).read_text()
    try:
        answer = jwt_session(order["consumer_key"], key, order["username"], url=order["url"])
    except SalesforceCredentialsException as error:
        return str(error)
    return answer["id"]


_ACTIONS = {
    "versions": _versions,
    "minimum": _minimum,
    "api_version": _api_version,
    "install": _install,
    "install_patiently": _install_patiently,
    "login": _login,
}


if __name__ == "__main__":
    main()
