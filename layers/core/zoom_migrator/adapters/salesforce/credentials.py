"""The credentials of the app that the product logs in with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from zoom_migrator.domain.errors import InvalidSettings

# RFC 7518, section 3.3: RS256 asks for a key of 2048 bits or more.
_MIN_KEY_BITS: Final = 2048
# What may stand in a header or form field without any doubt about its encoding.
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,1024}")
_MAX_INSTALLATION_KEY: Final = 255
_REMEDY: Final = "Fill the Salesforce secret with `zoom-migrator setup salesforce-app`."


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What proves to Salesforce that the product is its External Client App.

    Attributes:
        consumer_key: The app's client id, or empty where it is not known yet.
        private_key: Signs JWT bearer logins; parsed once, because parsing costs more than a login.
        consumer_secret: For client credentials logins.
        installation_key: What the package version is protected with, or empty.
    """

    consumer_key: str = ""
    private_key: RSAPrivateKey | None = field(default=None, repr=False)
    consumer_secret: str | None = field(default=None, repr=False)
    installation_key: str = field(default="", repr=False)


def parse_app_credentials(text: str) -> AppCredentials:
    """Read the JSON of the Salesforce secret.

    Fields that are absent, null or empty are simply not there: the secret is created with empty
    ones, and a fleet needs only those of the kinds of login it uses.

    Raises:
        InvalidSettings: The secret is malformed; the message names the field, never its value.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("is not JSON") from None
    if not isinstance(document, dict):
        raise _bad("is not a JSON object")
    pem = _text(document, "private_key")
    return AppCredentials(
        consumer_key=_printable("consumer_key", _text(document, "consumer_key")),
        private_key=_private_key(pem) if pem else None,
        consumer_secret=_printable("consumer_secret", _text(document, "consumer_secret")) or None,
        installation_key=_installation_key(_text(document, "installation_key")),
    )


def with_installation_key(text: str, key: str) -> str:
    """The JSON of the Salesforce secret with this installation key; all else stays as it is.

    Args:
        key: Empty to have none.

    Raises:
        InvalidSettings: The secret is malformed, or no key can look like this; neither is named.
    """
    parse_app_credentials(text)
    document = json.loads(text)
    document.pop("installation_key", None)
    changed = json.dumps(document | {"installation_key": key} if key else document)
    parse_app_credentials(changed)
    return changed


def _text(document: dict[str, object], name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad(f"has a {name} that is not a text")
    return value.strip()


def _printable(name: str, value: str) -> str:
    if value and _PRINTABLE.fullmatch(value) is None:
        raise _bad(f"has a {name} with blanks or characters that no Salesforce key has")
    return value


def _installation_key(key: str) -> str:
    """A key as its publisher made it up: Salesforce documents no alphabet and no length."""
    if len(key) > _MAX_INSTALLATION_KEY or not key.isprintable():
        raise _bad(
            "has an installation_key of more than "
            f"{_MAX_INSTALLATION_KEY} characters or with characters that cannot be printed"
        )
    return key


def _private_key(pem: str) -> RSAPrivateKey:
    if "BEGIN CERTIFICATE" in pem or "BEGIN PUBLIC KEY" in pem:
        raise _bad("has a certificate or public key where the private key belongs")
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise _bad("has a private_key that is encrypted; store it without a passphrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _bad("has a private_key that is not a PEM private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise _bad("has a private_key that is not an RSA key")
    if key.key_size < _MIN_KEY_BITS:
        raise _bad(f"has a private_key of less than {_MIN_KEY_BITS} bits")
    return key


def _bad(what: str) -> InvalidSettings:
    return InvalidSettings(f"The Salesforce secret {what}.", remedy=_REMEDY)
