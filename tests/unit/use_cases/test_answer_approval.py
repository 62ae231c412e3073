from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.approvals import Asked, a_waiting_migration, a_waiting_org
from tests.builders import (
    APPROVAL_ID,
    NOW,
    after,
    an_answer,
    an_approval,
    org_id_of,
)
from tests.questions import TASK_TOKEN
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.domain.approval import Answer, AnswerChannel, ApprovalStatus
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvariantViolation,
    LinkRefused,
    NothingToApprove,
    OrgNotFound,
    StoreUnavailable,
)
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.ports import TaskCallback, TokenVault
from zoom_migrator.use_cases.answer_approval import (
    ApprovalRequest,
    answer_request,
    open_request,
    request_behind_link,
)


@pytest.fixture
def asked() -> Asked:
    asked = Asked.in_memory()
    asked.ask()
    return asked


def give(
    asked: Asked,
    answer: Answer | None = None,
    *,
    request: ApprovalRequest | None = None,
    vault: TokenVault | None = None,
    callback: TaskCallback | None = None,
) -> Migration:
    return answer_request(
        request or asked.request,
        answer or an_answer(),
        migrations=asked.migrations,
        vault=vault or asked.vault,
        callback=callback or asked.callback,
    )


def behind(asked: Asked, link: str) -> ApprovalRequest:
    return request_behind_link(
        link, orgs=asked.orgs, migrations=asked.migrations, signer=asked.signer
    )


class DeafCallback:
    """Step Functions, out of reach."""

    def complete(self, task_token: str) -> bool:
        raise StoreUnavailable("Step Functions is not available.")


class LockedVault:
    """KMS, out of reach."""

    def seal(self, task_token: str, *, org_id: str, attempt: int) -> str:
        raise StoreUnavailable("The key is not available.")

    def open(self, sealed: str, *, org_id: str, attempt: int) -> str:
        raise StoreUnavailable("The key is not available.")


@pytest.mark.parametrize(
    ("accepted", "status"),
    [(True, ApprovalStatus.ACCEPTED), (False, ApprovalStatus.DECLINED)],
)
def test_an_answer_is_kept_whole_and_the_state_machine_goes_on(
    asked: Asked, accepted: bool, status: ApprovalStatus
) -> None:
    answer = an_answer(accepted=accepted, at=after(days=1))

    saved = give(asked, answer)

    assert saved == asked.migration
    assert (asked.approval.status, asked.approval.answer) == (status, answer)
    assert asked.callback.completed == [TASK_TOKEN]


def test_an_answer_moves_neither_the_org_nor_the_step_of_the_migration(asked: Asked) -> None:
    before = asked.org

    give(asked)

    assert asked.org == before
    assert asked.org.status is OrgStatus.UPGRADE_APPROVAL_PENDING
    assert asked.migration.step is MigrationStep.AWAITING_APPROVAL


def test_the_task_token_is_forgotten_with_the_answer(asked: Asked) -> None:
    give(asked)

    assert asked.approval.task_token == ""


def test_who_accepted_what_when_and_from_where_is_on_record(asked: Asked) -> None:
    give(asked, an_answer(at=after(days=1), security=SecurityType.ADMINS_ONLY))

    assert asked.answers_on_record() == [
        AuditEntry(
            asked.org_id,
            after(days=1),
            AuditAction.APPROVAL_ANSWERED,
            "person:grace@acme.example",
            "accepted by Grace Hopper <grace@acme.example>; "
            "from 3.23.0.4 to 3.28.0.1 (04t5g000000ZoomAAC); terms 1; "
            "install for admins_only; by page from 192.0.2.7 Firefox",
        )
    ]


def test_a_refusal_is_on_record_without_terms_that_nobody_accepted(asked: Asked) -> None:
    give(asked, an_answer(accepted=False))

    (entry,) = asked.answers_on_record()
    assert entry.detail.startswith("declined by Grace Hopper ")
    assert "terms" not in entry.detail
    assert "install for" not in entry.detail


def test_an_answer_that_an_operator_recorded_names_the_operator(asked: Asked) -> None:
    operator = "arn:aws:iam::123456789012:user/ada"

    give(asked, an_answer(channel=AnswerChannel.COMMAND_LINE, recorded_by=operator))

    (entry,) = asked.answers_on_record()
    assert entry.actor == operator
    assert "accepted by Grace Hopper" in entry.detail


def test_no_secret_is_on_record(asked: Asked) -> None:
    sealed, link = asked.approval.task_token, asked.link

    give(asked)

    (entry,) = asked.answers_on_record()
    for secret in (sealed, link, TASK_TOKEN, APPROVAL_ID):
        assert secret not in repr(entry)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_only_the_first_answer_counts(asked: Asked, first: bool, second: bool) -> None:
    give(asked, an_answer(accepted=first))
    before = asked.migration

    with pytest.raises(NothingToApprove):
        give(asked, an_answer(accepted=second))

    assert asked.migration == before
    assert len(asked.answers_on_record()) == 1


def test_of_two_answers_at_once_one_is_recorded(asked: Asked) -> None:
    read_by_both = asked.request
    give(asked, an_answer(accepted=False), request=read_by_both)

    with pytest.raises(ConcurrentModification):
        give(asked, an_answer(accepted=True), request=read_by_both)

    assert asked.approval.status is ApprovalStatus.DECLINED
    assert len(asked.answers_on_record()) == 1
    assert asked.callback.completed == [TASK_TOKEN]


def test_of_many_answers_at_once_one_is_recorded_and_wakes_the_state_machine(
    asked: Asked,
) -> None:
    read_by_all = asked.request

    def attempt(number: int) -> bool:
        try:
            give(asked, an_answer(accepted=number % 2 == 0), request=read_by_all)
        except ConcurrentModification:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        recorded = list(threads.map(attempt, range(16)))

    assert recorded.count(True) == 1
    assert len(asked.answers_on_record()) == 1
    assert asked.callback.completed == [TASK_TOKEN]


@pytest.mark.parametrize(
    ("accepted", "late_by"), [(True, 0), (True, 1), (False, 0), (False, 86_400)]
)
def test_an_answer_that_comes_too_late_is_refused(
    asked: Asked, accepted: bool, late_by: int
) -> None:
    at = after(days=14, seconds=late_by)

    with pytest.raises(NothingToApprove, match="out of date"):
        give(asked, an_answer(accepted=accepted, at=at))

    assert asked.approval.status is ApprovalStatus.PENDING
    assert asked.answers_on_record() == []
    assert asked.callback.completed == []


def test_an_answer_in_the_last_moment_counts(asked: Asked) -> None:
    give(asked, an_answer(at=after(days=14, seconds=-1)))

    assert asked.approval.status is ApprovalStatus.ACCEPTED


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (MigrationOutcome.STOPPED, ApprovalStatus.REVOKED),
        (MigrationOutcome.EXPIRED, ApprovalStatus.EXPIRED),
        (MigrationOutcome.UPGRADED, ApprovalStatus.SUPERSEDED),
    ],
)
def test_nothing_can_be_answered_once_the_migration_is_over(
    asked: Asked, outcome: MigrationOutcome, status: ApprovalStatus
) -> None:
    asked.migrations.save(asked.migration.ended(Ending(outcome), NOW))

    with pytest.raises(NothingToApprove, match=status):
        give(asked)

    assert asked.approval.answer is None


def test_a_token_that_nobody_waits_for_any_more_is_all_right(asked: Asked) -> None:
    asked.callback.time_out(TASK_TOKEN)

    give(asked)

    assert asked.approval.status is ApprovalStatus.ACCEPTED


def test_a_request_that_has_no_token_can_be_answered(asked: Asked) -> None:
    approval = replace(asked.approval, task_token="")
    asked.migrations.save(replace(asked.migration, approval=approval))

    give(asked)

    assert asked.approval.status is ApprovalStatus.ACCEPTED


def test_an_answer_holds_where_the_state_machine_cannot_be_woken(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "zoom_migrator")

    give(asked, callback=DeafCallback())

    assert asked.approval.status is ApprovalStatus.ACCEPTED
    assert TASK_TOKEN not in caplog.text


def test_nothing_is_answered_while_the_key_is_out_of_reach(asked: Asked) -> None:
    with pytest.raises(StoreUnavailable):
        give(asked, vault=LockedVault())

    assert asked.approval.status is ApprovalStatus.PENDING
    give(asked)
    assert asked.callback.completed == [TASK_TOKEN]


def test_a_token_that_was_sealed_for_another_org_wakes_nobody(asked: Asked) -> None:
    sealed = asked.vault.seal("another-token", org_id=org_id_of(2), attempt=1)
    approval = replace(asked.approval, task_token=sealed)
    asked.migrations.save(replace(asked.migration, approval=approval))

    with pytest.raises(InvariantViolation) as refused:
        give(asked)

    assert asked.callback.completed == []
    assert sealed not in str(refused.value)


def test_a_link_leads_to_its_request(asked: Asked) -> None:
    assert behind(asked, asked.link) == asked.request


def test_a_request_has_one_link_only(asked: Asked) -> None:
    assert asked.link == asked.link


def test_a_link_goes_on_leading_to_its_request_once_it_is_answered(asked: Asked) -> None:
    link = asked.link
    give(asked)

    assert behind(asked, link).approval.status is ApprovalStatus.ACCEPTED


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda link: link[:-1], id="cut"),
        pytest.param(lambda link: link + "A", id="extended"),
        pytest.param(lambda link: link[:-1] + ("A" if link[-1] != "A" else "B"), id="one letter"),
        pytest.param(lambda link: link.swapcase(), id="other case"),
        pytest.param(lambda link: " " + link, id="blank"),
        pytest.param(lambda link: link + "\n", id="line end"),
        pytest.param(lambda link: link.rpartition(".")[0], id="no signature"),
        pytest.param(lambda link: link.rpartition(".")[0] + "." + "A" * 43, id="forged"),
        pytest.param(lambda link: link.replace(".1.", ".2."), id="another attempt"),
        pytest.param(lambda link: link.replace(org_id_of(1), org_id_of(2)), id="another org"),
        pytest.param(lambda link: link.replace(APPROVAL_ID, "A" * 22), id="another request"),
        pytest.param(lambda link: link.replace("upgrade", "cleanup"), id="another purpose"),
        pytest.param(lambda link: link.replace("=", "").replace("-", "+"), id="other alphabet"),
        pytest.param(lambda link: link * 100, id="long"),
        pytest.param(lambda link: "\udcff" + link, id="no text"),
        pytest.param(lambda link: link.replace("1", "١"), id="other digits"),  # noqa: RUF001
    ],
)
def test_a_damaged_link_leads_nowhere(asked: Asked, damage: Callable[[str], str]) -> None:
    with pytest.raises(LinkRefused) as refused:
        behind(asked, damage(asked.link))

    assert asked.link not in refused.value.message


def test_a_link_that_another_key_signed_leads_nowhere(asked: Asked) -> None:
    text = asked.link.rpartition(".")[0]

    with pytest.raises(LinkRefused):
        behind(asked, f"{text}.{InMemoryLinkSigner().sign(text)}")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"attempt": "7"}, id="an attempt that never was"),
        pytest.param({"org": org_id_of(9)}, id="an org that is not registered"),
        pytest.param({"subject": "B" * 22}, id="a request of before"),
        pytest.param({"expires": "1999999999"}, id="another lifetime"),
    ],
)
def test_a_genuine_link_leads_nowhere_if_what_it_names_is_not_there(
    asked: Asked, change: dict[str, str]
) -> None:
    expires = str(int(asked.approval.expires_at.timestamp()))
    parts = {"org": asked.org_id, "attempt": "1", "subject": APPROVAL_ID, "expires": expires}
    text = "upgrade." + ".".join((parts | change).values())

    with pytest.raises(LinkRefused):
        behind(asked, f"{text}.{asked.signer.sign(text)}")


def test_a_link_to_a_migration_that_asks_for_nothing_leads_nowhere(asked: Asked) -> None:
    link = asked.link
    asked.migrations.save(replace(asked.migration, approval=None))

    with pytest.raises(LinkRefused):
        behind(asked, link)


def test_the_parts_of_one_second_make_no_second_link() -> None:
    asked = Asked.in_memory()
    asked.ask(a_waiting_migration(approval=an_approval(expires_at=after(days=1, seconds=0.75))))

    assert behind(asked, asked.link) == asked.request


@pytest.mark.parametrize("length", [15, 18])
def test_an_operator_finds_the_open_request_of_an_org(asked: Asked, length: int) -> None:
    found = open_request(asked.org_id[:length], orgs=asked.orgs, migrations=asked.migrations)

    assert found == asked.request


def test_an_answered_request_is_not_open(asked: Asked) -> None:
    give(asked)

    with pytest.raises(NothingToApprove, match=asked.org_id) as refused:
        open_request(asked.org_id, orgs=asked.orgs, migrations=asked.migrations)

    assert f"migrate show {asked.org_id}" in refused.value.remedy


def test_an_org_that_no_migration_has_in_hand_has_no_open_request(asked: Asked) -> None:
    asked.orgs.save(asked.org.released())

    with pytest.raises(NothingToApprove):
        open_request(asked.org_id, orgs=asked.orgs, migrations=asked.migrations)


def test_a_migration_that_has_not_asked_yet_has_no_open_request() -> None:
    asked = Asked.in_memory()
    asked.orgs.save(a_waiting_org())
    asked.migrations.save(replace(a_waiting_migration(), approval=None))

    with pytest.raises(NothingToApprove):
        open_request(asked.org_id, orgs=asked.orgs, migrations=asked.migrations)


def test_an_org_that_is_not_registered_is_said_to_be_so(asked: Asked) -> None:
    with pytest.raises(OrgNotFound):
        open_request(org_id_of(9), orgs=asked.orgs, migrations=asked.migrations)


def test_requests_do_not_print_their_token(asked: Asked) -> None:
    assert asked.approval.task_token not in repr(asked.request)
