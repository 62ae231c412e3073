"""The installation key among the app's credentials."""

from __future__ import annotations

import json
import traceback

import pytest

from zoom_migrator.adapters.salesforce.credentials import (
    parse_app_credentials,
    with_installation_key,
)
from zoom_migrator.domain.errors import InvalidSettings

STORED = json.dumps({"consumer_key": "3MVG9", "consumer_secret": "s3cr3t", "placeholder": "x"})


def test_a_key_joins_what_is_there_and_is_read_again() -> None:
    changed = with_installation_key(STORED, "correct horse")

    assert json.loads(changed) == json.loads(STORED) | {"installation_key": "correct horse"}
    assert parse_app_credentials(changed).installation_key == "correct horse"


def test_a_key_takes_the_place_of_another_one() -> None:
    changed = with_installation_key(with_installation_key(STORED, "old"), "new")

    assert parse_app_credentials(changed).installation_key == "new"


def test_no_key_leaves_what_was_there_before() -> None:
    assert json.loads(with_installation_key(with_installation_key(STORED, "old"), "")) == (
        json.loads(STORED)
    )


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        pytest.param("canary, not JSON", "key", id="a secret that is malformed"),
        pytest.param('["canary"]', "key", id="a secret of another form"),
        pytest.param(STORED, "canary" * 50, id="a key that is too long"),
        pytest.param(STORED, "canary\x1b[2J", id="a key that cannot be printed"),
    ],
)
def test_what_cannot_be_stored_is_refused_without_being_repeated(stored: str, key: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        with_installation_key(stored, key)

    assert "canary" not in "".join(traceback.format_exception(caught.value))
