"""The public address: what has to be registered at Zoom, and what answers there."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator_cli.doctor.check import Check, Patient, fine, problem, warning

_SET_IT: Final = "Set PublicBaseUrl or CustomDomainName and deploy; then register it at Zoom."
_OF_AN_API: Final = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_LOOPBACK: Final = ("localhost", "127.0.0.1")


def form(patient: Patient) -> Check:
    """Whether Zoom lets an address of this form be registered."""
    return form_of(patient.connection.public_base_url)


def form_of(base_url: str) -> Check:
    """What is to be said about an address that links and the redirect begin with."""
    code = "public_address"
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return problem(code, "The public address is none.", _SET_IT)
    if not host or parts.query or parts.fragment or parts.username is not None:
        return problem(code, f"{base_url} is more or less than an address.", _SET_IT)
    if parts.scheme == "http" and host in _LOOPBACK:
        return _of_this_machine(base_url, host)
    if parts.scheme != "https":
        return problem(code, f"{base_url} does not begin with https://.", _SET_IT)
    if base_url != base_url.lower():
        return warning(
            code,
            f"{base_url} has capital letters. Zoom compares letter by letter, and others report "
            "that it takes small ones only (unverified).",
            _SET_IT,
        )
    return (
        _of_an_api(base_url, parts.path)
        if _OF_AN_API.fullmatch(host)
        else fine(code, f"Links begin with {base_url}.")
    )


def _of_this_machine(base_url: str, host: str) -> Check:
    if host != "localhost":
        return warning(
            "public_address",
            f"{base_url} is this machine's own, and browsers keep the cookie only of localhost.",
            "Use http://localhost:PORT.",
        )
    return warning(
        "public_address",
        f"{base_url} is this machine's own: only for a local stack. Others report that Zoom "
        "refuses it even where it is registered (unverified).",
        "Nothing is to be done on a local stack.",
    )


def _of_an_api(base_url: str, path: str) -> Check:
    if not path.strip("/"):
        return problem(
            "public_address",
            f"{base_url} lacks the stage, so nothing answers below it.",
            "Clear PublicBaseUrl, which then is the API's own address with its stage, and deploy.",
        )
    return warning(
        "public_address",
        f"{base_url} is the API's own address. It changes when the API is made anew, and then "
        "every link is void and Zoom refuses the redirect until the new one is registered.",
        "For production, give the stack a domain of its own: CustomDomainName.",
    )


def answers(patient: Patient) -> Check:
    """Whether the product's own page answers where Zoom sends browsers to."""
    code, address = "redirect_answers", patient.connection.redirect_uri
    try:
        page = patient.surroundings.page(address)
    except StoreUnavailable as error:
        return problem(
            code,
            f"Nothing answers at {address}, as seen from this machine: {error.message}",
            "See to its DNS record, certificate and base path mapping: docs/deploy.md.",
        )
    if not page.is_ours:
        return problem(
            code,
            f"Something else answers at {address} (HTTP {page.status}).",
            "PublicBaseUrl has to lead to this stack's API, stage or base path included.",
        )
    if page.status >= 500:
        return problem(
            code,
            f"The page at {address} fails (HTTP {page.status}).",
            "Read the log of the function behind it: docs/runbook.md.",
        )
    return fine(code, f"The product answers at {address}.")
