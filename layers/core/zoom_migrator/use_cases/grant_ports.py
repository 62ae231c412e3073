"""What everything that changes grants needs."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.oauth_ports import GrantRepository, GrantVault, ZoomGateway


@dataclass(frozen=True, slots=True)
class GrantPorts:
    """Where grants are kept, what opens their tokens, and who they are for."""

    grants: GrantRepository
    vault: GrantVault
    zoom: ZoomGateway
