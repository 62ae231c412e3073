"""Second part of the story: orgs get the new version of the package."""

from __future__ import annotations

from local.demo.fleet import ASTER, LARCH, QUINCE
from local.demo.salesforce_admin import approves_upgrade
from local.demo.screen import console, step
from local.demo.stage import Stage
from local.demo.watching import APPROVAL, AUTHORIZATION, eventually_link, wait_until_all_await


def upgrade(stage: Stage) -> None:
    """Have the orgs upgraded whose rows of the fleet file ask for it.

    Raises:
        DemoFailed: Something does not work.
    """
    console.print(
        "\n[bold]The scan has started the upgrades that the fleet file asks for.[/] Birch and "
        "Quince have agreed beforehand, Aster is asked, Larch upgrades by hand."
    )
    with step("Aster's Salesforce admin gets the approval link"):
        link = eventually_link(stage.operator, ASTER, APPROVAL)
        approves_upgrade(link, name="Ada Moreau", email="admin@aster.example")
    with step("Larch's Salesforce admin installs the new version in Setup"):
        stage.salesforce.org(LARCH).set_package_version("3.28")
    with step("Salesforce installs"):
        wait_until_all_await(stage.operator, AUTHORIZATION)
    stage.operator.types("migrate", "list")
    stage.operator.types("migrate", "show", QUINCE)
