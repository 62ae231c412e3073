"""What ``cleanup`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.web.cleanup_page import CleanupPage
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.bootstrap.answers import answer_ports
from zoom_migrator.cleanup_page_settings import CleanupPageSettings


@cache
def cleanup_page() -> CleanupPage:
    """Build the page about the old keys.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = CleanupPageSettings.from_environ(os.environ)
    return CleanupPage(answer_ports(settings), shared_pages(), settings.jwt_deadline)
