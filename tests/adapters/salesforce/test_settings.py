"""Settings: the defaults stand, and nothing dangerous can be set."""

from __future__ import annotations

from typing import Any

import pytest

from zoom_migrator.adapters.http_client.loopback import Loopback
from zoom_migrator.adapters.salesforce import SalesforceSettings
from zoom_migrator.domain.errors import InvalidSettings


def test_the_defaults_go_to_salesforce_itself() -> None:
    assert SalesforceSettings().loopback() is None


@pytest.mark.parametrize(
    ("connect_to", "loopback"),
    [
        ("http://127.0.0.1:8080", Loopback("http", "127.0.0.1", 8_080)),
        ("https://127.0.0.1:8443/", Loopback("https", "127.0.0.1", 8_443)),
        ("http://127.8.9.10:1", Loopback("http", "127.8.9.10", 1)),
        ("http://[::1]:8080", Loopback("http", "::1", 8_080)),
    ],
)
def test_connections_can_be_sent_to_this_machine(connect_to: str, loopback: Loopback) -> None:
    assert SalesforceSettings(connect_to=connect_to).loopback() == loopback
    assert loopback.origin == connect_to.rstrip("/")


@pytest.mark.parametrize(
    "connect_to",
    [
        "http://10.0.0.1:8080",
        "http://169.254.169.254:80",
        "http://0.0.0.0:8080",
        "http://localhost:8080",
        "http://127.0.0.1.attacker.example:8080",
        "http://127.0.0.1@attacker.example:8080",
        "http://user@127.0.0.1:8080",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:8080/path",
        "http://127.0.0.1:8080?query",
        "ftp://127.0.0.1:8080",
        "127.0.0.1:8080",
        "http://[::1",
        "http://2130706433:8080",
        "anything",
    ],
)
def test_connections_can_be_sent_nowhere_else(connect_to: str) -> None:
    with pytest.raises(InvalidSettings, match="connect_to"):
        SalesforceSettings(connect_to=connect_to)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_version", "62"),
        ("api_version", "v62.0"),
        ("api_version", "40.0"),
        ("api_version", "62.0/../.."),
        ("api_version", "\u0666\u0662.0"),
        ("allowed_domains", ()),
        ("allowed_domains", ("com",)),
        ("allowed_domains", ("",)),
        ("allowed_domains", ("*.my.salesforce.com",)),
        ("namespace", ""),
        ("namespace", "zoom-app"),
        ("namespace", "zoom_app' OR Name != '"),
        ("namespace", "zoom_app\n"),
        ("package_id", ""),
        ("package_id", "04t1S000000ASBdQAO"),
        ("package_id", "033370000004aaUAAA"),
        ("package_id", "033370000004aa"),
        ("keys_object", "zoom_app__Zoom__c WHERE"),
        ("keys_object", "1Zoom__c"),
        ("keys_api_key_field", "Key__c, Secret__c"),
        ("keys_api_key_field", ""),
        ("keys_api_secret_field", "Secret__c)--"),
        ("cache_partition", "ca'che"),
        ("connect_timeout_seconds", 0),
        ("read_timeout_seconds", -1),
        ("check_timeout_seconds", float("nan")),
        ("upgrade_timeout_seconds", 0),
        ("keys_timeout_seconds", 0),
        ("max_body_bytes", 0),
    ],
)
def test_a_malformed_setting_is_refused_and_named(name: str, value: object) -> None:
    changes: dict[str, Any] = {name: value}

    with pytest.raises(InvalidSettings, match=name):
        SalesforceSettings(**changes)
