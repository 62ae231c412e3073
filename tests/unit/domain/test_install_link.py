from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import TARGET_ID
from zoom_migrator.domain.install_link import install_link
from zoom_migrator.domain.org import Environment


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        (Environment.PRODUCTION, "login.salesforce.com"),
        (Environment.SANDBOX, "test.salesforce.com"),
    ],
)
def test_it_leads_to_the_login_service_of_the_org(environment: Environment, host: str) -> None:
    assert install_link(environment, TARGET_ID) == (
        f"https://{host}/packaging/installPackage.apexp?p0={TARGET_ID}"
    )


@pytest.mark.parametrize("environment", Environment)
def test_it_leads_nowhere_else_whatever_the_version_is_called(environment: Environment) -> None:
    parts = urlsplit(install_link(environment, "04t&x=https://evil.example/#"))

    assert parts.hostname in ("login.salesforce.com", "test.salesforce.com")
    assert parse_qs(parts.query) == {"p0": ["04t&x=https://evil.example/#"]}
    assert parts.fragment == ""
