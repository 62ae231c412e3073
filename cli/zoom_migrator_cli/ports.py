"""What use cases about old keys, losses, stuck orgs and notices get, on a deployed stack."""

from __future__ import annotations

from zoom_migrator.use_cases.destroy_backup import BackupPorts
from zoom_migrator.use_cases.find_stuck_orgs import StuckPorts
from zoom_migrator.use_cases.mute_notices import MutePorts
from zoom_migrator.use_cases.note_lost_authorization import LossPorts
from zoom_migrator.use_cases.resend_notice import ResendPorts
from zoom_migrator.use_cases.restore_keys import RestorePorts
from zoom_migrator.use_cases.sweep_fleet import SweepPorts
from zoom_migrator_cli.connection import Connection


def backup_ports(connection: Connection) -> BackupPorts:
    """What looking after backups needs; nothing of it can open one.

    Raises:
        StackNotFound: The stack cannot be read.
    """
    return BackupPorts(connection.orgs, connection.migrations, connection.backups, connection.clock)


def restore_ports(connection: Connection) -> RestorePorts:
    """What putting keys back needs.

    Raises:
        InvalidSettings: The stack's settings of Salesforce are wrong.
        StackNotFound: The stack cannot be read, or is too old.
    """
    return RestorePorts(
        orgs=connection.orgs,
        migrations=connection.migrations,
        keys=connection.keys,
        backups=connection.backups,
        vault=connection.backup_vault,
        clock=connection.clock,
    )


def loss_ports(connection: Connection) -> LossPorts:
    """What recording the loss of an authorization needs.

    Raises:
        StackNotFound: The stack cannot be read.
    """
    return LossPorts(
        orgs=connection.orgs,
        migrations=connection.migrations,
        grants=connection.grants,
        workflow=connection.migration_workflow,
        vault=connection.vault,
        callback=connection.callback,
        clock=connection.clock,
    )


def stuck_ports(connection: Connection) -> StuckPorts:
    """What looking for orgs without a next step needs.

    Raises:
        StackNotFound: The stack cannot be read.
    """
    return StuckPorts(
        connection.orgs,
        connection.migrations,
        connection.grants,
        connection.migration_workflow,
        connection.clock,
    )


def sweep_ports(connection: Connection) -> SweepPorts:
    """What moving such orgs on needs.

    Raises:
        StackNotFound: The stack cannot be read.
    """
    return SweepPorts(
        stuck_ports(connection), connection.vault, connection.callback, connection.backups
    )


def resend_ports(connection: Connection) -> ResendPorts:
    """What sending a notice once more needs.

    Raises:
        StackNotFound: The stack cannot be read, or is too old.
    """
    return ResendPorts(
        connection.orgs,
        connection.migrations,
        connection.deliveries,
        connection.notice_queue,
        connection.clock,
    )


def mute_ports(connection: Connection) -> MutePorts:
    """What sparing people reminders needs.

    Raises:
        StackNotFound: The stack cannot be read.
    """
    return MutePorts(connection.orgs, connection.contacts, connection.clock)
