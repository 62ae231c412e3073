"""Fourth part of the story: OAuth is proven, and what becomes of the old keys."""

from __future__ import annotations

from local.demo.fleet import ASTER, BIRCH, ELM, LARCH
from local.demo.salesforce_admin import approves_cleanup, declines_cleanup
from local.demo.screen import DemoFailed, console, step
from local.demo.stage import Stage
from local.demo.watching import CLEANUP, eventually_link, wait_until_asked, wait_until_over
from local.salesforce.key_rows import KEY_FIELDS


def clean_up(stage: Stage) -> None:
    """Have the old keys removed from one org, and kept in two.

    Raises:
        DemoFailed: Something does not work.
    """
    console.print(
        "\n[bold]Zoom is called with each grant, and once more after the soak time.[/] That is "
        "24 hours, and none at all here (the parameter SoakMinutes is 0). Then each org is asked "
        "about its old keys; Elm's policy is to keep them."
    )
    with step("Aster's Salesforce admin gets the link about the old keys"):
        link = eventually_link(stage.operator, ASTER, CLEANUP)
        approves_cleanup(link, name="Ada Moreau", email="admin@aster.example")
    with step("Larch's Salesforce admin gets one, too"):
        link = eventually_link(stage.operator, LARCH, CLEANUP)
        declines_cleanup(link, name="Leo Larch", email="admin@larch.example")
    with step("Aster's keys are backed up, blanked and looked for; the others keep theirs"):
        for org in (ASTER, LARCH, ELM):
            wait_until_over(stage.operator, org)
        wait_until_asked(stage.operator, BIRCH, CLEANUP)
        _look_into_aster(stage)
    stage.operator.types("migrate", "list")
    stage.operator.types("jwt", "show", ASTER)


def _look_into_aster(stage: Stage) -> None:
    """Say what Salesforce itself has in the rows of an org, not what the product says."""
    rows = stage.salesforce.org(ASTER).key_rows
    left = [row for row in rows if any(row[name] for name in KEY_FIELDS)]
    if left:
        raise DemoFailed(f"Aster still has old keys in {len(left)} of {len(rows)} rows.")
    console.print(f"  In Salesforce, Aster's row is still there ({len(rows)}), without any key.")
