"""What the operator decided: which version is installed, under which terms."""

from __future__ import annotations

from zoom_migrator.migration_settings import UpgradePlanSettings
from zoom_migrator_cli.doctor.check import Check, Patient, fine, warning


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
