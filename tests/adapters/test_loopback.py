"""The address of a simulator, in the settings of whatever it stands for."""

from __future__ import annotations

import pytest

from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.adapters.slack.settings import SlackSettings
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.errors import InvalidSettings

type Settings = type[SalesforceSettings | SlackSettings | ZoomSettings]

SETTINGS = [
    pytest.param(SalesforceSettings, "Salesforce", id="Salesforce"),
    pytest.param(SlackSettings, "Slack", id="Slack"),
    pytest.param(ZoomSettings, "Zoom", id="Zoom"),
]


@pytest.mark.parametrize(("settings", "name"), SETTINGS)
def test_without_an_address_connections_go_where_they_belong(settings: Settings, name: str) -> None:
    assert settings().loopback() is None


@pytest.mark.parametrize(("settings", "name"), SETTINGS)
def test_an_address_of_this_machine_takes_all_connections(settings: Settings, name: str) -> None:
    loopback = settings(connect_to="http://127.0.0.1:8100").loopback()

    assert loopback is not None
    assert loopback.origin == "http://127.0.0.1:8100"


@pytest.mark.parametrize("address", ["http://192.0.2.1:8100", "http://example.com", "nonsense"])
@pytest.mark.parametrize(("settings", "name"), SETTINGS)
def test_any_other_address_is_refused_by_the_name_of_its_setting(
    settings: Settings, name: str, address: str
) -> None:
    with pytest.raises(InvalidSettings, match=f"^{name} setting connect_to cannot be '{address}'"):
        settings(connect_to=address)
