from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass

import pytest

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.plain_settings import PlainSettings, anything, matching, setting, whole


@dataclass(frozen=True, kw_only=True)
class Doors(PlainSettings):
    door_count: int = setting(whole(1, 9), 2)


@dataclass(frozen=True, kw_only=True)
class House(Doors):
    house_name: str = setting(matching(r"[a-z]{3,}", "a name"))
    house_note: str = setting(anything, "")


def test_settings_are_read_from_variables_of_their_names() -> None:
    house = House.from_environ({"HOUSE_NAME": "mill", "DOOR_COUNT": "3", "OTHER": "x"})

    assert house == House(house_name="mill", door_count=3, house_note="")


def test_what_is_not_said_has_its_default() -> None:
    assert House.from_environ({"HOUSE_NAME": "mill"}).door_count == 2


def test_all_names_are_known_those_of_other_classes_too() -> None:
    assert set(House.model_fields) == {"door_count", "house_name", "house_note"}


def test_every_fault_is_named_and_no_value_repeated() -> None:
    with pytest.raises(InvalidSettings) as caught:
        House.from_environ({"HOUSE_NAME": "Canary-7", "DOOR_COUNT": "77"})

    assert caught.value.message == (
        "The function's settings are wrong: DOOR_COUNT: at most 9 expected; "
        "HOUSE_NAME: a name expected."
    )
    assert "parameters" in caught.value.remedy


def test_what_has_to_be_said_and_is_not_is_named() -> None:
    with pytest.raises(InvalidSettings, match="HOUSE_NAME: Field required"):
        House.from_environ({})


def test_settings_stay_as_they_were_read() -> None:
    house = House.from_environ({"HOUSE_NAME": "mill"})

    with pytest.raises(FrozenInstanceError):
        house.house_name = "barn"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (whole(1, 9), "0"),
        (whole(1, 9), "10"),
        (whole(1, 9), ""),
        (whole(1, 9), "-1"),
        (whole(1, 9), "1.5"),
        (whole(1, 9), " 1"),
        (whole(1, 9), "\u0661"),
        (whole(1, 9), "1" * 5_000),
        (matching("a+", "letters"), ""),
        (matching("a+", "letters"), "aab"),
        (matching("a+", "letters"), "a\n"),
    ],
)
def test_a_value_that_cannot_be_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read(text)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("9", 9), ("007", 7)])
def test_whole_numbers_within_the_bounds_are_read(text: str, value: int) -> None:
    assert whole(1, 9)(text) == value
