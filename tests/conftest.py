"""What every ring of tests shares."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The width of whoever runs the tests is none of their business; tests of output set their own.
os.environ.pop("COLUMNS", None)

# A busy machine is no reason to fail, and a failing example is printed with how to repeat it.
settings.register_profile("suite", deadline=None, database=None, print_blob=True)
settings.load_profile("suite")

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
# No sandbox: tests may run as root in a container. The rest keeps it from talking to anybody.
_SWITCHES: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def launched_with() -> dict[str, Any]:
    """Which program the browser is, and how it is started."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        missing = "Chromium is not installed; on Debian: apt-get install chromium"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return {"executable_path": program, "args": list(_SWITCHES)}


@pytest.fixture(scope="session")
def chromium(launched_with: dict[str, Any]) -> Iterator[Browser]:
    """The one browser of this process: Playwright's synchronous form can be started only once."""
    # Here, because most processes of tests need no browser.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launched_with)
        yield browser
        browser.close()
