"""The arithmetic of what a month costs."""

from __future__ import annotations

import pytest

from benchmarks.capacity import read, size_of, written
from benchmarks.cost import month_of, standing_of_template
from benchmarks.counting import SECONDS_OF_A_COLD_START, Invocation, Limits
from benchmarks.prices import PRICES, Unit, cost_of, times, together

KEYS = {"pk": {"S": "ORG#1"}, "sk": {"S": "ORG"}}


def item_of(size: int, **more: dict[str, str]) -> dict[str, dict[str, str]]:
    """An item of so many bytes."""
    item = KEYS | more | {"x": {"S": ""}}
    return item | {"x": {"S": "x" * (size - size_of(item))}}


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    inner = {"a": {"S": "ü"}, "b": {"BOOL": True}}

    assert size_of({"name": {"S": "four"}}) == 8
    assert size_of({"m": {"M": inner}}) == 1 + 3 + 2 + (1 + 2) + (1 + 1)
    assert size_of({"l": {"L": [{"N": "12"}, {"B": b"123"}]}}) == 1 + 3 + 2 + 3 + 3


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1_024, 1), (1_025, 2), (5_000, 5)])
def test_each_begun_kilobyte_is_written_for_a_unit_and_in_a_transaction_for_two(
    size: int, units: int
) -> None:
    item = item_of(size)
    transaction = {"TransactItems": [{"Put": {"Item": item}}] * 2}
    batch = {"RequestItems": {"table": [{"PutRequest": {"Item": item}}] * 2}}

    assert written("PutItem", {"Item": item}, {}) == units
    assert written("BatchWriteItem", batch, {}) == 2 * units
    assert written("TransactWriteItems", transaction, {}) == 4 * units
    assert written("DeleteItem", {}, {"Attributes": item}) == units


def test_an_item_of_the_index_is_written_there_too() -> None:
    item = item_of(100, gsi1pk={"S": "FLEET#1"})

    assert written("PutItem", {"Item": item}, {}) == 2


def test_four_kilobytes_are_read_for_a_unit_and_what_is_not_there_for_one() -> None:
    large = item_of(4_097)
    call = {"ConsistentRead": True}
    asked = {"RequestItems": {"table": {"Keys": [KEYS] * 3, "ConsistentRead": True}}}

    assert read("GetItem", call, {"Item": large}) == 2
    assert read("GetItem", call, {}) == 1
    assert read("Query", {}, {"Items": [large, large]}) == 1.5
    assert read("BatchGetItem", asked, {"Responses": {"table": [large]}}) == 2 + 1 + 1


@pytest.mark.parametrize("units_of", [read, written])
def test_what_has_no_known_units_is_not_taken_for_free(units_of: object) -> None:
    assert callable(units_of)
    with pytest.raises(LookupError, match="ExecuteStatement"):
        units_of("ExecuteStatement", {}, {})


def test_a_function_works_at_its_share_of_a_core_and_waits_with_all_its_threads() -> None:
    alone = Invocation("notify", Limits(512, 120), cpu_seconds=1, aws_calls=100, answers=10)
    many = Invocation(
        "scan_orgs", Limits(3_538, 300, 10, 10), cpu_seconds=1, aws_calls=100, answers=10
    )

    assert alone.seconds == pytest.approx(1_769 / 512 + 1 + 1.5)
    assert alone.gb_seconds == pytest.approx((alone.seconds + SECONDS_OF_A_COLD_START) / 2)
    # One thread works, however many cores there are.
    assert many.seconds == pytest.approx(1 + 0.25)


def test_a_month_has_thirty_scans_one_migration_and_six_notices_of_each_org() -> None:
    once = {Unit.INVOCATIONS: 1.0}

    parts = ("scan", "send_reminders", "sweep_fleet", "migration", "notice", "standing")
    month = month_of(dict.fromkeys(parts, once))

    # Scans and schedules were counted with a fifth of the fleet.
    counts = [used[Unit.INVOCATIONS] for used in month.values()]
    assert counts == [30 * 5, 30 * 5, 30 * 24 * 5, 1_000, 6_000]


def test_a_bill_is_the_sum_of_all_counts_at_their_prices() -> None:
    bill = together({Unit.TRANSITIONS: 1e6}, times({Unit.TRANSITIONS: 5e5, Unit.MAILS: 500}, 2))

    assert bill == {Unit.TRANSITIONS: 2e6, Unit.MAILS: 1_000}
    assert cost_of(bill) == pytest.approx(50 + 0.10)


def test_everything_that_is_counted_has_a_price_with_its_source() -> None:
    assert set(PRICES) == set(Unit)
    assert all(price.usd > 0 and price.source for price in PRICES.values())


def test_what_stands_is_counted_in_the_template() -> None:
    standing = standing_of_template()

    assert set(standing) == {Unit.ALARMS, Unit.KEYS, Unit.SECRETS}
    assert all(standing.values())
