from __future__ import annotations

import pytest

from tests.builders import TARGET_ID, VERSION_ID, after, an_install_request
from zoom_migrator.domain.upgrade import InstallStatus, running_install

RUNNING = an_install_request(request_id="0Hf-running")


@pytest.mark.parametrize("version_id", [TARGET_ID, TARGET_ID[:15]])
def test_a_running_install_of_the_version_is_found_by_either_form_of_its_id(
    version_id: str,
) -> None:
    requests = [an_install_request(version_id=VERSION_ID), RUNNING]

    assert running_install(version_id, requests) is RUNNING


def test_of_several_the_newest_is_taken() -> None:
    older = an_install_request(request_id="0Hf-older", created_at=after(minutes=-5))

    assert running_install(TARGET_ID, [RUNNING, older]) is RUNNING


@pytest.mark.parametrize(
    "status", [status for status in InstallStatus if status is not InstallStatus.IN_PROGRESS]
)
def test_one_that_is_over_or_that_nobody_understands_is_not_running(status: InstallStatus) -> None:
    assert running_install(TARGET_ID, [an_install_request(status)]) is None


def test_an_install_of_another_version_is_none_of_this_one() -> None:
    assert running_install(TARGET_ID, [an_install_request(version_id=VERSION_ID)]) is None
    assert running_install(TARGET_ID, []) is None
    assert running_install("", [an_install_request(version_id="")]) is None
