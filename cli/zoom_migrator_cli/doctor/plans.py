"""What the operator decided: which version under which terms, and who writes."""

from __future__ import annotations

from zoom_migrator.migration_settings import UpgradePlanSettings
from zoom_migrator_cli.doctor.check import Check, Patient, fine, problem, warning


def package_version(patient: Patient) -> Check:
    """Whether a package version is configured."""
    plan = patient.connection.settings(UpgradePlanSettings)
    if not plan.package_version_id:
        return warning(
            "package_version",
            "No PackageVersionId is set: every org is upgraded by hand.",
            "Set it to the version's id (04t...) and deploy; see docs/migrate.md.",
        )
    return fine(
        "package_version",
        f"{plan.package_version_id} is installed; {plan.minimum_package_version} is enough.",
    )


def package_terms(patient: Patient) -> Check:
    """Whether the terms that are accepted have an address."""
    plan = patient.connection.settings(UpgradePlanSettings)
    named = f"Terms are accepted as version {plan.package_terms_version}"
    if not plan.package_terms_url:
        return warning(
            "package_terms",
            f"{named}, and nothing says where they can be read.",
            "Set PackageTermsUrl and deploy, or leave it to AppExchange to show them.",
        )
    return fine("package_terms", f"{named}: {plan.package_terms_url}")


def email_sender(patient: Patient) -> Check:
    """Whether SES lets the configured sender write."""
    code = "email_sender"
    sender = patient.connection.outputs.get("EmailSender", "")
    if not sender:
        return fine(code, "No e-mail is configured yet.")
    if not patient.surroundings.is_verified_sender(sender):
        return problem(
            code,
            f"SES has verified neither {sender} nor its domain for sending.",
            "Verify the domain in SES, in this region, and leave its sandbox.",
        )
    return fine(code, f"SES sends e-mail from {sender}.")
