"""Third part of the story: Zoom admins authorize their orgs."""

from __future__ import annotations

from typing import Final

from local.demo.fleet import ASTER, BIRCH, ELM, LARCH
from local.demo.screen import console, step
from local.demo.stage import Stage
from local.demo.watching import AUTHORIZATION, eventually_link
from local.demo.zoom_admin import authorizes

_LEA: Final = "admin@larch.example"


def authorize(stage: Stage) -> None:
    """Have four orgs authorized at Zoom, one of them at the second try.

    Raises:
        DemoFailed: Something does not work.
    """
    console.print(
        "\n[bold]The upgraded orgs ask for an authorization.[/] Each link can be forwarded to a "
        "Zoom admin, who needs no Salesforce login. Elm has the new version already; you start it."
    )
    stage.operator.types("migrate", "start", ELM)
    with step("Aster's Zoom admin gets the link"):
        authorizes(_link(stage, ASTER), name="Ada Aster", email="admin@aster.example")
    with step("Larch's Zoom admin gets the link, and has no Webinar"):
        authorizes(_link(stage, LARCH), name="Lea Larch", email=_LEA)
    with step("Larch buys Webinar for her, and she opens the same link again"):
        stage.zoom.person(_LEA).products = None
        authorizes(_link(stage, LARCH), name="Lea Larch", email=_LEA)
    with step("Birch's Zoom admin gets the link, as the fleet file names one"):
        authorizes(_link(stage, BIRCH), name="Bea Birch", email="zoom@birch.example")
    with step("Elm's Zoom admin gets the link"):
        authorizes(_link(stage, ELM), name="Eli Elm", email="zoom@elm.example")
    stage.operator.types("grants", "list")


def _link(stage: Stage, org: str) -> str:
    return eventually_link(stage.operator, org, AUTHORIZATION)
