"""A batch of which too much fails asks on its run's page, and goes on as it is answered there or at a terminal."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import kinds
import pytest
from apart import run_apart
from deployed import asked_for
from kinds import FakeBatch, FakeItem, codes, fake, items, quick, statuses
from prefect import flow_engine
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import CancelledRun
from prefect.flow_engine import run_flow
from prefect.states import Crashed, Scheduled
from sites import press

from flows.scheduled import TAKEN_UP
from tasks.errors import BatchFailed
from tasks.ledger.results import read_result
from tasks.results import BatchResult

pytestmark = pytest.mark.usefixtures("prefect_server")
Capture = pytest.CaptureFixture[str]
Answer = Callable[[SyncPrefectClient, FlowRun], object]
APART = """
import signal, sys, pathlib, uuid, test_form
def end(*_):
    raise SystemExit
signal.signal(signal.SIGTERM, end)
test_form.run(uuid.UUID(sys.argv[1]), pathlib.Path(sys.argv[2]), test_form.failing())
"""


def failing() -> list[FakeItem]:
    """Five items that fail the first time and never again, one that needs the first of them, and six more."""
    given = items(5, ends={"draft": ["tried_out"]})
    needing = FakeItem(item_id="needing", needs=["i0"])
    return [*given, needing, *[FakeItem(item_id=f"later{number}") for number in range(6)]]


def run(run_id: UUID, base_dir: Path, given: list[FakeItem], **options: Any) -> BatchResult:
    """Run it as a worker would; a batch that is stopped has a result as well."""
    batch = FakeBatch(batch_id="b", items=given, base_dir=base_dir, max_parallel=1, window=1, **options)
    with get_client(sync_client=True) as client:
        found = client.read_flow_run(run_id)
    try:
        with quick():
            result = run_flow(fake, flow_run=found, parameters={"batch": batch})
    except BatchFailed as error:
        result = error.result
    assert isinstance(result, BatchResult)
    return result


@contextmanager
def answering(run_id: UUID, answer: Answer) -> Iterator[None]:
    """Answer the run once it has paused, in another thread."""

    def watch() -> None:
        with get_client(sync_client=True) as client:
            answer(client, once_paused(client, run_id))

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    thread.join()


def once_paused(client: SyncPrefectClient, run_id: UUID) -> FlowRun:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = client.read_flow_run(run_id)
        if found.state is not None and found.state.is_paused():
            return found
        time.sleep(0.1)
    raise AssertionError(f"its run stays {found.state_name}")


def states_of(run_id: UUID) -> list[str | None]:
    """The names of the states that the run has been in, the first of them first."""
    with get_client(sync_client=True) as client:
        return [state.name for state in client.read_flow_run_states(run_id)]


def said(word: str) -> Answer:
    """Answer as the form does."""

    def answer(client: SyncPrefectClient, paused: FlowRun) -> None:
        refused = client.resume_flow_run(paused.id, {"answer": "perhaps"})
        assert refused.status is SetStateStatus.REJECT
        assert client.resume_flow_run(paused.id, {"answer": word}).status is SetStateStatus.ACCEPT

    return answer


def cut_off(run_id: UUID, base_dir: Path, by: signal.Signals) -> None:
    """Run it in a process of its own, and end that as soon as it has put its question."""
    with get_client(sync_client=True) as client:
        process = run_apart(APART, run_id, base_dir)
        try:
            once_paused(client, run_id)
            process.send_signal(by)
            process.wait(60)
        finally:
            process.kill()
            process.wait()


def put_back(run_id: UUID) -> None:
    """Let a run be taken up again, as after a crash."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, Scheduled(name=TAKEN_UP), force=True)


def form_of(client: SyncPrefectClient, paused: FlowRun) -> str:
    """What the form says above its field."""
    assert paused.state is not None
    keyset = paused.state.state_details.run_input_keyset
    assert keyset is not None
    return client.read_flow_run_input(paused.id, keyset["description"])


def test_a_run_of_a_deployment_asks_in_a_form_and_goes_on_as_it_says(tmp_path: Path) -> None:
    run_id, forms = asked_for(fake).id, list[str]()

    def answer(client: SyncPrefectClient, paused: FlowRun) -> None:
        forms.append(form_of(client, paused))
        said("continue")(client, paused)

    with answering(run_id, answer):
        result = run(run_id, tmp_path, failing())
    assert "5 of 5 finished items failed: 5 TEMPORARY_ERROR" in forms[0]
    assert "6 items of 12 wait" in forms[0]
    assert "`pressroom continue b`, the same with `--retry-failed`" in forms[0]
    assert states_of(run_id)[-3:] == ["Paused", "Running", "CompletedWithFailures"]
    made = statuses(result)
    assert {made[f"later{number}"] for number in range(6)} == {"succeeded"}
    assert (made["i0"], made["needing"]) == ("failed", "skipped")


def test_what_has_failed_is_tried_again_where_that_is_said_and_with_it_what_needs_it(tmp_path: Path) -> None:
    run_id = asked_for(fake).id
    with answering(run_id, said("retry failed")):
        result = run(run_id, tmp_path, failing())
    assert (result.successful, result.status) == (12, "succeeded")
    assert kinds.calls_of("draft")["i0"] == 2


def test_a_run_that_counts_as_crashed_while_it_waits_for_its_answer_waits_again(tmp_path: Path) -> None:
    run_id = asked_for(fake).id

    def answer(client: SyncPrefectClient, paused: FlowRun) -> None:
        client.set_flow_run_state(paused.id, Crashed(), force=True)
        said("retry failed")(client, once_paused(client, paused.id))

    with answering(run_id, answer):
        result = run(run_id, tmp_path, failing())
    assert result.successful == 12
    assert states_of(run_id)[-5:] == ["Paused", "Crashed", "Paused", "Running", "Completed"]


def test_an_abort_stops_it_and_keeps_what_is_made(tmp_path: Path) -> None:
    run_id = asked_for(fake).id
    with answering(run_id, said("abort")), pytest.raises(CancelledRun):
        run(run_id, tmp_path, failing())
    with kinds.ledger() as opened:
        result = read_result(opened, "b")
    assert result.status == "stopped"
    assert codes(result)["later5"] == "CANCELLED"
    assert states_of(run_id)[-1] == "Cancelled"


def test_who_answers_first_counts_and_the_run_leaves_its_pause(tmp_path: Path, capsys: Capture) -> None:
    run_id = asked_for(fake).id

    def answer(client: SyncPrefectClient, paused: FlowRun) -> None:
        assert press(capsys, "continue", "b", "--retry-failed").code == 0

    with answering(run_id, answer):
        result = run(run_id, tmp_path, failing())
    assert result.successful == 12
    assert states_of(run_id)[-3:] == ["Paused", "Running", "Completed"]


def test_without_an_answer_in_time_it_stops_and_can_be_resumed(tmp_path: Path) -> None:
    run_id = asked_for(fake).id
    with answering(run_id, lambda _client, _paused: None):
        result = run(run_id, tmp_path, failing(), answer_seconds=3)
    assert codes(result)["later5"] == "TOO_MANY_FAILURES"
    assert states_of(run_id).count("Paused") == 1
    assert states_of(run_id)[-1] == "Failed"


def test_a_run_whose_slot_is_gone_goes_on() -> None:
    """As the server takes it when a run pauses, and forgets it when it is started again."""
    engine_keeps = vars(flow_engine)["maintain_concurrency_lease"]
    with engine_keeps(uuid4(), 300, raise_on_lease_renewal_failure=True):
        (renewal,) = (one for one in threading.enumerate() if one.name.startswith("concurrency-lease-renewal"))
        renewal.join(30)
        time.sleep(0.1)
    assert not renewal.is_alive()


@pytest.mark.parametrize(
    ("by", "word", "came_out"), [(signal.SIGKILL, "continue", 6), (signal.SIGTERM, "retry failed", 12)]
)
def test_a_question_outlives_the_process_that_has_put_it(
    tmp_path: Path, by: signal.Signals, word: str, came_out: int
) -> None:
    """Taken up again by itself the run asks at once, and whoever answers reaches what had failed before."""
    run_id, forms = asked_for(fake).id, list[str]()
    cut_off(run_id, tmp_path, by)
    before = kinds.calls_of("draft")

    def answer(client: SyncPrefectClient, paused: FlowRun) -> None:
        forms.append(form_of(client, paused))
        assert kinds.calls_of("draft") == before
        said(word)(client, paused)

    put_back(run_id)
    with answering(run_id, answer):
        result = run(run_id, tmp_path, failing())
    assert "5 of 5 finished items failed" in forms[0]
    assert result.successful == came_out
    assert {name: calls for name, calls in kinds.calls_of("draft").items() if calls > 1} == (
        {} if word == "continue" else {f"i{number}": 2 for number in range(5)}
    )


def test_whoever_resumes_a_batch_by_a_command_has_answered_its_question(tmp_path: Path) -> None:
    cut_off(asked_for(fake).id, tmp_path, signal.SIGKILL)
    made = statuses(kinds.run_batch("b", failing(), tmp_path))
    assert {made[f"later{number}"] for number in range(6)} == {"succeeded"}
