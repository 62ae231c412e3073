"""Filling the Salesforce secret in parts: nobody's part undoes another's."""

from __future__ import annotations

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET
from zoom_migrator.adapters.salesforce import parse_app_credentials
from zoom_migrator.adapters.salesforce.secret_document import with_app, with_installation_key
from zoom_migrator.domain.errors import InvalidSettings

CANARY = "canary-in-the-secret"
NEW_STACK = '{"consumer_key": "", "private_key": "", "consumer_secret": "", "placeholder": "x"}'
APP = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}


def test_a_key_is_added_to_an_app() -> None:
    text = with_installation_key(json.dumps(APP), " open sesame\n")

    credentials = parse_app_credentials(text)
    assert credentials.installation_key == "open sesame"
    assert credentials.consumer_key == CONSUMER_KEY
    assert credentials.consumer_secret == CONSUMER_SECRET


def test_a_key_can_come_before_the_app() -> None:
    text = with_app(with_installation_key(NEW_STACK, CANARY), APP)

    assert json.loads(text) == APP | {"installation_key": CANARY}


def test_an_app_that_is_set_up_again_replaces_the_old_one_and_keeps_the_key() -> None:
    stored = with_installation_key(json.dumps(APP), CANARY)

    text = with_app(stored, {"consumer_key": "another"})

    assert json.loads(text) == {"consumer_key": "another", "installation_key": CANARY}


def test_a_key_is_replaced_and_taken_away() -> None:
    stored = with_installation_key(NEW_STACK, "old")

    assert parse_app_credentials(with_installation_key(stored, "new")).installation_key == "new"
    assert json.loads(with_installation_key(stored, "")) == json.loads(NEW_STACK)


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        ("", ""),
        ("not JSON", ""),
        ("[]", ""),
        ('{"private_key": "not PEM", "installation_key": "kept"}', "kept"),
        ('{"installation_key": 7}', ""),
        (json.dumps({"installation_key": "x" * 256}), ""),
    ],
)
def test_setting_the_app_up_mends_a_malformed_secret(stored: str, key: str) -> None:
    assert parse_app_credentials(with_app(stored, APP)).installation_key == key


@pytest.mark.parametrize("stored", ["", "not JSON", "[]", '{"private_key": "not PEM"}'])
def test_a_malformed_secret_is_not_added_to(stored: str) -> None:
    with pytest.raises(InvalidSettings, match="Salesforce secret"):
        with_installation_key(stored, CANARY)


def test_a_malformed_app_is_not_stored() -> None:
    with pytest.raises(InvalidSettings, match="private_key"):
        with_app(NEW_STACK, {"consumer_key": CONSUMER_KEY, "private_key": "not PEM"})


@pytest.mark.parametrize("key", ["x" * 256, "two\nlines", "bell\a", "\ud800", "\u202ereversed"])
def test_a_key_that_nobody_can_have_typed_is_not_stored(key: str) -> None:
    with pytest.raises(InvalidSettings, match="installation_key"):
        with_installation_key(NEW_STACK, key)


def test_a_refused_key_is_not_shown() -> None:
    with pytest.raises(InvalidSettings) as caught:
        with_installation_key(NEW_STACK, CANARY + "\a")

    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_key_is_not_shown_by_the_credentials_that_hold_it() -> None:
    credentials = parse_app_credentials(with_installation_key(NEW_STACK, CANARY))

    assert CANARY not in repr(credentials)


@given(
    key=st.text(
        st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")),
        min_size=1,
        max_size=255,
    )
)
def test_every_printable_key_survives(key: str) -> None:
    text = with_app(with_installation_key(NEW_STACK, key), APP)

    assert parse_app_credentials(text).installation_key == key
