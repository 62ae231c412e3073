"""Settings of the page about the old keys."""

from __future__ import annotations

from datetime import date

import pytest

from zoom_migrator.cleanup_page_settings import CleanupPageSettings
from zoom_migrator.domain.errors import InvalidSettings

KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ENVIRON = {
    "TABLE_NAME": "orgs",
    "TASK_TOKEN_KEY_ARN": KEY_ARN,
    "LINK_KEY_ARN": KEY_ARN,
    "JWT_DEADLINE": "2023-09-08",
}


def test_the_deadline_is_a_day() -> None:
    assert CleanupPageSettings.from_environ(ENVIRON).jwt_deadline == date(2023, 9, 8)


@pytest.mark.parametrize("name", ENVIRON)
def test_what_is_missing_is_named(name: str) -> None:
    environ = {other: value for other, value in ENVIRON.items() if other != name}

    with pytest.raises(InvalidSettings, match=f"{name}: Field required"):
        CleanupPageSettings.from_environ(environ)


@pytest.mark.parametrize("text", ["", "soon", "2023-9-8", "20230908", "2023-02-30", "08.09.2023"])
def test_what_is_no_day_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(InvalidSettings, match="JWT_DEADLINE: "):
        CleanupPageSettings.from_environ(ENVIRON | {"JWT_DEADLINE": text})
