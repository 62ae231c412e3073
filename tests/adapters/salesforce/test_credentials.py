"""The Salesforce secret: what it may hold, and what is said of one that is wrong."""

from __future__ import annotations

import json
import traceback

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET, public_pem
from zoom_migrator.adapters.salesforce import AppCredentials, parse_app_credentials
from zoom_migrator.domain.errors import InvalidSettings

CANARY = "canary-in-the-secret"


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption | None = None,
) -> str:
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_complete_secret_is_read_with_its_key_parsed(
    app_key: rsa.RSAPrivateKey, form: PrivateFormat
) -> None:
    credentials = parse_app_credentials(
        json.dumps(
            {
                "consumer_key": f" {CONSUMER_KEY}\n",
                "private_key": pem(app_key, form),
                "consumer_secret": CONSUMER_SECRET,
            }
        )
    )

    assert credentials.consumer_key == CONSUMER_KEY
    assert credentials.private_key is not None
    assert credentials.private_key.private_numbers() == app_key.private_numbers()
    assert credentials.consumer_secret == CONSUMER_SECRET


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"consumer_key": "", "private_key": "", "consumer_secret": ""}',
        '{"consumer_key": null, "private_key": " ", "placeholder": "x"}',
    ],
)
def test_the_secret_as_it_is_created_holds_nothing_yet(text: str) -> None:
    assert parse_app_credentials(text) == AppCredentials()


def test_credentials_hide_what_is_secret_when_they_are_printed(
    app_key: rsa.RSAPrivateKey,
) -> None:
    shown = repr(AppCredentials(CONSUMER_KEY, app_key, CONSUMER_SECRET))

    assert CONSUMER_KEY in shown
    assert CONSUMER_SECRET not in shown
    assert "private" not in shown.lower()


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (CANARY, "JSON object"),
        ([CANARY], "JSON object"),
        ({"consumer_key": 42}, "consumer_key"),
        ({"consumer_key": f"{CANARY} with blanks"}, "consumer_key"),
        ({"consumer_secret": f"{CANARY}\nX: y"}, "consumer_secret"),
        ({"consumer_secret": {"is": CANARY}}, "consumer_secret"),
        ({"private_key": CANARY}, "private_key"),
        (
            {"private_key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"},
            "private_key",
        ),
        ({"private_key": f"-----BEGIN CERTIFICATE-----\n{CANARY}"}, "certificate"),
    ],
)
def test_a_malformed_secret_is_refused_without_repeating_it(document: object, named: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        parse_app_credentials(json.dumps(document))

    assert named in refused.value.message
    assert CANARY not in str(refused.value)
    assert CANARY not in "".join(traceback.format_exception(refused.value))


def test_a_secret_that_is_not_json_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidSettings, match="is not JSON") as refused:
        parse_app_credentials(CANARY)

    assert CANARY not in str(refused.value)


def test_a_public_key_is_not_taken_for_the_private_one(app_key: rsa.RSAPrivateKey) -> None:
    text = json.dumps({"private_key": public_pem(app_key).decode()})

    with pytest.raises(InvalidSettings, match="public key"):
        parse_app_credentials(text)


def test_a_key_with_a_passphrase_is_refused(app_key: rsa.RSAPrivateKey) -> None:
    text = json.dumps({"private_key": pem(app_key, encryption=BestAvailableEncryption(b"x"))})

    with pytest.raises(InvalidSettings, match="encrypted"):
        parse_app_credentials(text)


def test_a_key_of_another_kind_is_refused() -> None:
    text = json.dumps({"private_key": pem(ec.generate_private_key(ec.SECP256R1()))})

    with pytest.raises(InvalidSettings, match="not an RSA key"):
        parse_app_credentials(text)


def test_a_key_too_short_for_rs256_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)  # noqa: S505 - refused

    with pytest.raises(InvalidSettings, match="2048"):
        parse_app_credentials(json.dumps({"private_key": pem(short)}))


@given(st.text() | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_no_text_makes_reading_a_secret_fail_in_another_way(text: str) -> None:
    try:
        parse_app_credentials(text)
    except InvalidSettings as refused:
        assert refused.message


@pytest.mark.parametrize("text", ["{}", '{"installation_key": ""}', '{"installation_key": null}'])
def test_a_fleet_without_protected_versions_needs_no_installation_key(text: str) -> None:
    assert parse_app_credentials(text).installation_key == ""


@pytest.mark.parametrize("key", [7, True, ["x"], CANARY + "\n" + CANARY, CANARY * 20])
def test_an_installation_key_that_cannot_be_one_is_named_and_not_shown(key: object) -> None:
    with pytest.raises(InvalidSettings, match="installation_key") as caught:
        parse_app_credentials(json.dumps({"installation_key": key}))

    assert CANARY not in "".join(traceback.format_exception(caught.value))


@given(
    key=st.text(
        st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")),
        min_size=1,
        max_size=255,
    )
)
def test_every_printable_installation_key_is_read_as_it_is_and_not_shown(key: str) -> None:
    credentials = parse_app_credentials(json.dumps({"installation_key": key}))

    assert credentials.installation_key == key
    assert repr(credentials) == repr(AppCredentials())
