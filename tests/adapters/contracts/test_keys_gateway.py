"""What every way of looking at, blanking and putting back old keys does: over HTTP, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import (
    Fault,
    FaultKind,
    KeyWrites,
    RunningOrg,
    SalesforceSimulator,
    SimulatedKeyRow,
    SimulatedOrg,
    WriteObstacle,
)
from tests.adapters.salesforce.keys_lab import FIELDS, changes_in, keys_in
from tests.adapters.salesforce.lab import CONSUMER_KEY, HOST, Lab, public_pem
from tests.builders import NOW, a_failure, a_registration
from zoom_migrator.adapters.memory.keys import InMemoryKeysGateway
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.cleanup_ports import KeysGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import (
    KeyRow,
    KeysFound,
    KeysNotVisible,
    KeyValues,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)
from zoom_migrator.domain.org import OrgRegistration

SOMEWHERE = "a0Z5g000000009xEAA"
type Kinds = tuple[tuple[bool, bool], ...]


class World(Protocol):
    """One org with rows, and what is done to it."""

    registration: OrgRegistration
    nobody: OrgRegistration

    @property
    def keys(self) -> KeysGateway: ...
    def hold(self, *kinds: tuple[bool, bool]) -> list[str]: ...
    def held(self) -> Kinds: ...
    def hide(self) -> None: ...
    def protect(self) -> None: ...
    def refuse(self, reason: RowRefusal) -> None: ...
    def lose(self, *, arrives: bool) -> None: ...
    def keep_out(self) -> None: ...
    def changes(self) -> int: ...


class InMemory:
    def __init__(self) -> None:
        self.keys = InMemoryKeysGateway()
        self.registration = a_registration(1)
        self.nobody = a_registration(2)
        self._org_id = self.registration.org_id
        self.keys.next_looks(self.nobody.org_id, *[a_failure()] * 2)
        self.keys.next_changes(self.nobody.org_id, *[a_failure()] * 2)

    def hold(self, *kinds: tuple[bool, bool]) -> list[str]:
        rows = [
            KeyValues(f"a0Z5g00000000{number}xEAA", "key" if key else None, "so" if so else None)
            for number, (key, so) in enumerate(kinds, 10)
        ]
        self.keys.hold(self._org_id, *rows)
        return [row.row_id for row in rows]

    def held(self) -> Kinds:
        rows = self.keys.held(self._org_id)
        return tuple((row.api_key is not None, row.api_secret is not None) for row in rows)

    def hide(self) -> None:
        self.keys.hide(self._org_id, "INVALID_FIELD: No such column")

    def protect(self) -> None:
        self.keys.protect(self._org_id)
        self.refuse(RowRefusal.PERMISSION)

    def refuse(self, reason: RowRefusal) -> None:
        self.keys.next_changes(self._org_id, RowRefused(reason, "No."))

    def lose(self, *, arrives: bool) -> None:
        self.keys.next_changes(self._org_id, RowUncertain("lost"), takes_effect=arrives)

    def keep_out(self) -> None:
        failure = a_failure(FailureCode.SESSION_REJECTED)
        self.keys.next_changes(self._org_id, failure)

    def changes(self) -> int:
        return len(self.keys.changes(self._org_id))


OBSTACLES = {
    RowRefusal.PERMISSION: WriteObstacle.NOT_PERMITTED,
    RowRefusal.CUSTOMER_LOGIC: WriteObstacle.TRIGGER,
    RowRefusal.FIELD_REQUIRED: WriteObstacle.REQUIRED_FIELD,
    RowRefusal.LOCKED: WriteObstacle.ROW_BUSY,
}


class OverHttp:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.nobody = a_registration(2)
        self.keys = keys_in(lab)
        self.hold()

    def hold(self, *kinds: tuple[bool, bool]) -> list[str]:
        rows = [SimulatedKeyRow(api_key=key, api_secret=secret) for key, secret in kinds]
        self._org = self._lab.simulator.add(SimulatedOrg(host=HOST, key_rows=rows))
        self.registration = self._lab.registration(self._org)
        return [str(row["Id"]) for row in self._org.key_rows]

    def held(self) -> Kinds:
        rows = self._org.key_rows
        return tuple((row[FIELDS[0]] is not None, row[FIELDS[1]] is not None) for row in rows)

    @property
    def org(self) -> RunningOrg:
        return self._org

    def hide(self) -> None:
        self._org.document.users[0].sees_key_fields = False

    def protect(self) -> None:
        self._org.document.users[0].edits_key_fields = False

    def refuse(self, reason: RowRefusal) -> None:
        if reason is RowRefusal.OTHER:
            self._break(FaultKind.API_ERROR)
            return
        self._org.document.key_writes = KeyWrites(obstacle=OBSTACLES[reason], times=1)

    def lose(self, *, arrives: bool) -> None:
        self._break(FaultKind.RESET_MID if arrives else FaultKind.RESET_BEFORE)

    def keep_out(self) -> None:
        self._break(FaultKind.SESSION_EXPIRED)

    def changes(self) -> int:
        return changes_in(self._lab.simulator)

    def _break(self, kind: FaultKind) -> None:
        self._org.faults.add(Fault(kind=kind, method="PATCH", times=1))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    with SalesforceSimulator(
        consumer_key=CONSUMER_KEY, public_key_pem=public_pem(key), clock=lambda: NOW.timestamp()
    ) as simulator:
        yield Lab(simulator, AppCredentials(CONSUMER_KEY, key), SettableClock(NOW))


@pytest.fixture(params=["in_memory", "over_http"])
def world(request: pytest.FixtureRequest, lab: Lab) -> World:
    if request.param == "in_memory":
        return InMemory()
    lab.simulator.world.clear()
    return OverHttp(lab)


def look(world: World) -> KeysFound:
    found = world.keys.look(world.registration)
    assert isinstance(found, KeysFound), found
    return found


def read(world: World, *row_ids: str) -> tuple[KeyValues, ...]:
    values = world.keys.read(world.registration, row_ids)
    assert isinstance(values, tuple), values
    return values


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        ((True, True),),
        ((False, False),),
        ((True, False),),
        ((False, True),),
        ((True, True), (False, False), (True, False), (False, True)),
    ],
)
def test_a_look_tells_which_rows_hold_what(world: World, kinds: Kinds) -> None:
    ids = world.hold(*kinds)

    found = look(world)

    filled = [KeyRow(one, *kind) for one, kind in zip(ids, kinds, strict=True) if any(kind)]
    assert found == KeysFound(tuple(sorted(filled, key=lambda row: row.row_id)), len(kinds))


def test_hidden_fields_are_not_visible_to_any_question(world: World) -> None:
    (row_id,) = world.hold((True, True))
    world.hide()

    answers = [
        world.keys.look(world.registration),
        world.keys.read(world.registration, [row_id]),
    ]

    for answer in answers:
        assert isinstance(answer, KeysNotVisible)
        assert answer.said.startswith("INVALID_FIELD: ")
    assert world.held() == ((True, True),)


def test_fields_that_may_not_be_changed_are_described_so_and_refused(world: World) -> None:
    (row_id,) = world.hold((True, True))
    world.protect()

    assert look(world).is_updateable is False
    answer = world.keys.blank(world.registration, row_id)

    assert isinstance(answer, RowRefused)
    assert answer.reason is RowRefusal.PERMISSION
    assert world.held() == ((True, True),)


def test_values_are_read_in_order_and_rows_that_are_gone_are_left_out(world: World) -> None:
    ids = world.hold((True, True), (False, True), (False, False))

    values = read(world, *reversed(ids), SOMEWHERE)

    by_id = {one.row_id: one for one in values}
    assert [one.row_id for one in values] == sorted(ids)
    assert by_id[ids[0]].api_key
    assert by_id[ids[0]].api_secret
    assert by_id[ids[1]].api_key is None
    assert by_id[ids[2]].is_empty


def test_nothing_is_read_of_no_rows(world: World) -> None:
    world.hold((True, True))

    assert read(world) == ()


def test_blanking_empties_one_row_and_leaves_the_others(world: World) -> None:
    ids = world.hold((True, True), (True, True))

    assert world.keys.blank(world.registration, ids[0]) == RowChanged()

    assert [row.row_id for row in look(world).rows] == [ids[1]]
    assert look(world).row_count == 2


def test_blanking_twice_does_no_harm(world: World) -> None:
    (row_id,) = world.hold((True, False))

    answers = [world.keys.blank(world.registration, row_id) for _ in range(2)]

    assert answers == [RowChanged()] * 2
    assert world.held() == ((False, False),)


def test_what_was_read_can_be_put_back(world: World) -> None:
    (row_id,) = world.hold((True, True))
    (values,) = read(world, row_id)
    world.keys.blank(world.registration, row_id)

    assert world.keys.restore(world.registration, values) == RowChanged()

    assert read(world, row_id) == (values,)


def test_putting_back_one_field_leaves_the_other(world: World) -> None:
    (row_id,) = world.hold((True, True))
    (before,) = read(world, row_id)

    answer = world.keys.restore(world.registration, KeyValues(row_id, "another", None))

    assert answer == RowChanged()
    assert read(world, row_id) == (KeyValues(row_id, "another", before.api_secret),)


@pytest.mark.parametrize("change", ["blank", "restore"])
def test_a_row_that_is_not_there_is_gone(world: World, change: str) -> None:
    world.hold((True, True))

    answer = (
        world.keys.blank(world.registration, SOMEWHERE)
        if change == "blank"
        else world.keys.restore(world.registration, KeyValues(SOMEWHERE, "k", "s"))
    )

    assert answer == RowGone()
    assert world.held() == ((True, True),)


@pytest.mark.parametrize("reason", RowRefusal)
def test_a_change_that_is_refused_was_not_made_and_the_next_one_is(
    world: World, reason: RowRefusal
) -> None:
    (row_id,) = world.hold((True, True))
    world.refuse(reason)

    answer = world.keys.blank(world.registration, row_id)

    assert isinstance(answer, RowRefused)
    assert answer.reason is reason
    assert answer.said
    assert world.held() == ((True, True),)
    assert world.keys.blank(world.registration, row_id) == RowChanged()


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_uncertain_and_a_look_tells_whether_it_was_done(
    world: World, arrives: bool
) -> None:
    (row_id,) = world.hold((True, True))
    world.lose(arrives=arrives)

    answer = world.keys.blank(world.registration, row_id)

    assert isinstance(answer, RowUncertain)
    assert (look(world).rows == ()) is arrives
    assert world.changes() == 1


def test_a_change_that_is_not_let_in_is_a_failure_and_changes_nothing(world: World) -> None:
    (row_id,) = world.hold((True, True))
    world.keep_out()

    answer = world.keys.blank(world.registration, row_id)

    assert isinstance(answer, CheckFailure)
    assert answer.code is FailureCode.SESSION_REJECTED
    assert world.held() == ((True, True),)


@pytest.mark.parametrize(
    "ask",
    [
        lambda keys, org: keys.look(org),
        lambda keys, org: keys.read(org, [SOMEWHERE]),
        lambda keys, org: keys.blank(org, SOMEWHERE),
        lambda keys, org: keys.restore(org, KeyValues(SOMEWHERE, "k", None)),
    ],
)
def test_an_org_that_is_not_there_is_a_failure_not_an_exception(
    world: World, ask: Callable[[KeysGateway, OrgRegistration], object]
) -> None:
    assert isinstance(ask(world.keys, world.nobody), CheckFailure)
