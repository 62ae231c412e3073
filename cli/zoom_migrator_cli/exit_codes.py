"""Exit codes, so that scripts can tell what happened."""

from __future__ import annotations

from enum import IntEnum

from zoom_migrator.domain.errors import (
    ConfirmationMissing,
    GrantNotFound,
    InvalidFleetFile,
    MigrationNotFound,
    MigratorError,
    NothingToApprove,
    NothingToAuthorize,
    NothingToMigrate,
    NothingToRestore,
    NoticeNotFound,
    OrgNotFound,
    ScanNotFound,
    TransientError,
)


class ExitCode(IntEnum):
    """What a command's exit status means; 2 is a wrong command line, as everywhere."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 3
    NOT_FOUND = 4
    TRY_AGAIN = 5
    RUN_FAILED = 6
    NOT_CONNECTED = 7
    NOTHING_TO_DO = 8
    INTERRUPTED = 130


def exit_code_of(error: MigratorError) -> ExitCode:
    """The exit code an error ends the command with."""
    match error:
        case InvalidFleetFile():
            return ExitCode.BAD_INPUT
        case OrgNotFound() | ScanNotFound() | MigrationNotFound():
            return ExitCode.NOT_FOUND
        case GrantNotFound() | NoticeNotFound():
            return ExitCode.NOT_FOUND
        case NothingToMigrate() | NothingToApprove() | NothingToAuthorize() | NothingToRestore():
            return ExitCode.NOTHING_TO_DO
        case ConfirmationMissing():
            return ExitCode.FAILED
        case TransientError():
            return ExitCode.TRY_AGAIN
        case _:
            return ExitCode.NOT_CONNECTED
