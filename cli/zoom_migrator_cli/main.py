"""Entry point of ``zoom-migrator``."""

from __future__ import annotations

from typing import Annotated

import typer

from zoom_migrator_cli import answers, demo, grants, jwt, migrate, notices, orgs, scans, setup
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.doctor import doctor

EXIT_CODES = """
Exit codes: 0 done · 1 failed · 2 wrong command line · 3 bad input file · 4 not found ·
5 try again later · 6 the scan failed, or the migration ended without success ·
7 cannot connect or wrongly configured · 8 nothing there to be done
"""

app = typer.Typer(
    name="zoom-migrator",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
)
app.add_typer(orgs.app, name="orgs")
app.add_typer(scans.app, name="scan")
app.add_typer(migrate.app, name="migrate")
app.add_typer(answers.approve, name="approve")
app.add_typer(answers.decline, name="decline")
app.add_typer(grants.app, name="grants")
app.add_typer(jwt.app, name="jwt")
app.add_typer(notices.app, name="notices")
app.add_typer(setup.app, name="setup")
app.add_typer(demo.app, name="demo")
app.command()(doctor)


@app.callback()
def connect(
    context: typer.Context,
    stack: Annotated[
        str,
        typer.Option(envvar="ZOOM_MIGRATOR_STACK", help="Name of the deployed stack."),
    ] = "zoom-migrator",
    profile: Annotated[str | None, typer.Option(envvar="AWS_PROFILE", help="AWS profile.")] = None,
    region: Annotated[
        str | None, typer.Option(envvar="AWS_REGION", help="AWS region of the stack.")
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            envvar="AWS_ENDPOINT_URL", help="Address of a local AWS, such as the demo prints."
        ),
    ] = None,
) -> None:
    """Move a fleet of Salesforce orgs from Zoom's JWT app to OAuth.

    Works on one deployed stack, with your ordinary AWS credentials.

    **Examples**

        zoom-migrator orgs import fleet.csv
        zoom-migrator scan start --wait
        zoom-migrator orgs list --status upgrade_required
        zoom-migrator migrate start --all-behind
        zoom-migrator --profile prod --region eu-central-1 --stack zoom-prod scan list --json
    """
    # A test hands its own connection in.
    context.obj = context.obj or Connection(
        stack=stack, profile=profile, region=region, endpoint_url=endpoint_url
    )


def run() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    run()
