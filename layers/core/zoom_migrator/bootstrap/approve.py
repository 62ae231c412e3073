"""What ``approve`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.web.approval_page import ApprovalPage
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.bootstrap.answers import answer_ports


@cache
def approval_page() -> ApprovalPage:
    """Build the approval page.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    return ApprovalPage(answer_ports(ApproveSettings.from_environ(os.environ)), shared_pages())
