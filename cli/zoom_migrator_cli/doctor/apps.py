"""The credentials of the two apps, and whether Zoom accepts its own."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.salesforce.credentials import parse_app_credentials
from zoom_migrator.adapters.zoom.credentials import parse_zoom_credentials
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.oauth_settings import AuthorizationPlanSettings, ZoomAccessSettings
from zoom_migrator_cli.doctor.check import Check, Patient, fine, problem, warning
from zoom_migrator_cli.zoom_secret import NOT_OF_A_JWT_APP, may_be_of_a_jwt_app

_FILL_SALESFORCE: Final = "`zoom-migrator setup salesforce-app`; see docs/salesforce-setup.md."
_FILL_ZOOM: Final = "`zoom-migrator setup zoom-app --client-id ID`; see docs/zoom-setup.md."
# No token looks like this, so Zoom can only answer that it does not know it.
_NO_TOKEN: Final = "zoom-migrator-doctor-asks-whether-the-app-is-known"  # noqa: S105 - a text


def salesforce_secret(patient: Patient) -> Check:
    """Whether the product can log in to orgs, as far as its own side goes."""
    code = "salesforce_secret"
    app = parse_app_credentials(patient.connection.salesforce_secret.read())
    kinds = [
        kind
        for kind, is_possible in (
            ("jwt_bearer", app.private_key is not None),
            ("client_credentials", bool(app.consumer_secret)),
        )
        if is_possible
    ]
    if not app.consumer_key:
        return problem(code, "The Salesforce secret has no consumer key.", _FILL_SALESFORCE)
    if not kinds:
        found = "The Salesforce secret has neither a private key nor a consumer secret."
        return problem(code, found, _FILL_SALESFORCE)
    return fine(code, f"The Salesforce secret is well formed, for {' and '.join(kinds)}.")


def zoom_secret(patient: Patient) -> Check:
    """Whether the Zoom app's credentials are there and look like those of an OAuth app."""
    code = "zoom_secret"
    text = patient.connection.zoom_secret.read()
    app = parse_zoom_credentials(text)
    if may_be_of_a_jwt_app(text):
        found = "The Zoom secret looks as if it held the API key and secret of a JWT app."
        return warning(code, found, f"{NOT_OF_A_JWT_APP} `zoom-migrator doctor --probe` asks Zoom.")
    return fine(
        code,
        f"The Zoom secret is well formed, with client id {app.client_id}. Compare it with the "
        "app's production credentials; those for development are others.",
    )


def zoom_settings(patient: Patient) -> Check:
    """Whether the settings about Zoom hold together."""
    connection = patient.connection
    plan = connection.settings(AuthorizationPlanSettings)
    access = connection.settings(
        ZoomAccessSettings, zoom_secret_arn=connection.output("ZoomSecretArn")
    )
    # Building it checks what the functions check.
    _ = connection.zoom
    if access.zoom_connect_to:
        found = f"Zoom is a simulator at {access.zoom_connect_to}."
        return warning("zoom_settings", found, "Nothing is to be done on a local stack.")
    asked = ", ".join(plan.zoom_requested_scopes) or "those that the app has"
    return fine(
        "zoom_settings", f"Consent is asked for at {plan.zoom_authorize_url}, for scopes: {asked}."
    )


def zoom_credentials(patient: Patient) -> Check:
    """Whether Zoom accepts the app's credentials, asked with a token that no one has."""
    code = "zoom_credentials"
    answer = patient.connection.zoom.refresh(_NO_TOKEN)
    if not isinstance(answer, ZoomFailure) or answer.code is ZoomFailureCode.GRANT_INVALID:
        return fine(code, "Zoom accepts the client id and the client secret.")
    said = f"{answer.code}: {answer.detail}" if answer.detail else answer.code
    match answer.kind:
        case ZoomFailureKind.CONFIGURATION:
            remedy = f"Store the right ones: {_FILL_ZOOM}"
            return problem(code, f"Zoom refuses the app's credentials ({said}).", remedy)
        case ZoomFailureKind.TRANSIENT | ZoomFailureKind.OUTCOME_UNKNOWN:
            remedy = "Try again; where it stays so, see what keeps this machine from zoom.us."
            return problem(code, f"Zoom cannot be asked ({said}).", remedy)
        case _:
            remedy = "Have somebody authorize an org; the outcome is on their page."
            return warning(code, f"Zoom's answer says neither yes nor no ({said}).", remedy)
