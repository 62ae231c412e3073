"""Which hosts the product may log in to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_UI_DOMAINS: Final = (".lightning.force.com", ".salesforce-setup.com", ".vf.force.com")
_NOT_A_HOST: Final = "not a host name: letters, digits, hyphens and dots expected"
_SHARED_LOGIN_HOSTS: Final = ("login.salesforce.com", "test.salesforce.com")


def my_domain_host(text: str, allowed_domains: Sequence[str]) -> str:
    """The My Domain host of an org, in lower case, if it lies below an allowed domain.

    A pasted address (``https://acme.my.salesforce.com/``) is accepted; anything that could send
    a login elsewhere (user information, port, path, a look-alike domain) is not.

    Args:
        text: What a person typed, or what Salesforce answered as ``instance_url``.
        allowed_domains: Domains below which hosts are trusted, such as ``my.salesforce.com``.

    Raises:
        ValueError: Not such a host; the message says why.
    """
    host = _bare_host(text.strip())
    if any(host.endswith(domain) for domain in _UI_DOMAINS):
        raise ValueError(
            f"{host} is an address of the user interface; "
            "the My Domain host ends in .my.salesforce.com (Setup > My Domain)"
        )
    if host in _SHARED_LOGIN_HOSTS:
        raise ValueError(f"{host} is shared by all orgs; give the org's own My Domain host")
    if not any(host.endswith("." + domain.lower().lstrip(".")) for domain in allowed_domains):
        expected = " or ".join("*." + domain for domain in allowed_domains)
        raise ValueError(f"{host} is not a Salesforce My Domain host ({expected})")
    return host


def is_sandbox_host(host: str) -> bool:
    """Whether a My Domain host belongs to a sandbox or scratch org, which log in at *test*.

    Source: Salesforce help, "My Domain URL formats": sandbox hosts are
    ``domain--name.sandbox.my.salesforce.com``, or ``domain--name.my.salesforce.com`` before
    enhanced domains; scratch orgs use ``.scratch.my``.
    """
    first, _, rest = host.partition(".")
    return "--" in first or rest.startswith(("sandbox.", "scratch."))


def _bare_host(text: str) -> str:
    parts = _address(text)
    if parts.scheme != "https":
        raise ValueError("only https addresses are used; give the host alone")
    if "@" in parts.netloc or ":" in parts.netloc:
        raise ValueError("give the host alone, without user, password or port")
    if parts.path not in ("", "/") or "?" in text or "#" in text:
        raise ValueError("give the host alone, without a path")
    host = parts.netloc.lower()
    if _HOST.fullmatch(host) is None or len(host) > 253:
        raise ValueError(_NOT_A_HOST)
    return host


def _address(text: str) -> SplitResult:
    if len(text) > 300:
        raise ValueError("a host has at most 253 characters")
    # urlsplit drops line ends and tabs, and lower() turns the Kelvin sign into a k.
    if not text.isascii() or not text.isprintable():
        raise ValueError(_NOT_A_HOST)
    try:
        return urlsplit(text if "://" in text else "https://" + text)
    except ValueError as error:
        raise ValueError(_NOT_A_HOST) from error
