"""What waits for review is decided in the pages' form as at a terminal, and the page of a batch leads there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse
from uuid import uuid4

import pytest
from kinds import FakeItem, ledger, quick, run_batch
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectHTTPStatusError

from flows.review import review
from tasks.errors import PressroomError

pytestmark = pytest.mark.usefixtures("prefect_server")


def waiting(folder: Path, *names: str, batch_id: str = "b") -> None:
    """Make a batch whose items wait for review."""
    given = [FakeItem(item_id=name, review=[f"{name} scored 78 of 100"]) for name in names]
    run_batch(batch_id, given, folder)


def decided(**fields: Any) -> State[Any]:
    with quick():
        return review(**{"batch": "b", "item": "tides", **fields}, return_state=True)


def statuses() -> dict[str, str]:
    with ledger() as opened:
        return {row.item_id: row.status for row in opened.items("b")}


def test_an_item_is_approved_or_rejected_with_note_and_name(tmp_path: Path) -> None:
    waiting(tmp_path, "tides", "books")
    state = decided(decision="approve", by="Ines")
    assert state.is_completed()
    assert "tides of batch b: approved by Ines" in str(state.message)
    assert "1 to review" in str(state.message)
    decided(item="books", decision="reject", note="Too dry.")
    assert statuses() == {"tides": "succeeded", "books": "failed"}
    with ledger() as opened:
        said = opened.execute("SELECT item_id, decided_by, note FROM review_decision ORDER BY decided_at", ())
    assert [tuple(row.values()) for row in said] == [
        ("tides", "Ines", ""),
        ("books", "someone in the pages", "Too dry."),
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"batch": "c"}, "UNKNOWN_BATCH"),
        ({"item": "maps"}, "NOT_IN_REVIEW"),
        ({"text": "Anew."}, "An edit needs either a file or a text"),
        ({"decision": "edit"}, "An edit needs either a file or a text"),
        ({"decision": "edit", "file": "nowhere.txt"}, "There is no file 'nowhere.txt'"),
    ],
)
def test_what_cannot_be_decided_fails_and_says_why(tmp_path: Path, fields: dict[str, str], said: str) -> None:
    waiting(tmp_path, "tides")
    state = decided(**{"decision": "approve"} | fields)
    assert state.is_failed()
    assert said in str(state.message) or said in str(state.result(raise_on_failure=False))
    assert isinstance(state.result(raise_on_failure=False), PressroomError)
    assert statuses() == {"tides": "needs_review"}


def test_the_form_refuses_what_is_no_decision_and_the_page_of_a_batch_leads_to_it(tmp_path: Path) -> None:
    batch_id = f"quay-{uuid4().hex[:6]}"
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(
            flow_id=client.create_flow(review),
            name="review",
            enforce_parameter_schema=True,
            parameter_openapi_schema=review.parameters.model_dump_for_openapi(),
        )
        with pytest.raises(PrefectHTTPStatusError, match="decision"):
            client.create_flow_run_from_deployment(
                deployment, parameters={"batch": "b", "item": "tides", "decision": "perhaps"}
            )
        waiting(tmp_path, "50 % of [tides]", batch_id=batch_id)
        key = ArtifactFilter(key=ArtifactFilterKey(any_=[f"review-{batch_id}"]))
        (artifact,) = client.read_artifacts(artifact_filter=key)
    link = str(artifact.data).partition("[Decide](")[2].partition(")")[0]
    assert f"/deployments/deployment/{deployment}/run" in link
    given = unquote(parse_qs(urlparse(link).query)["parameters"][0])
    assert json.loads(given) == {"batch": batch_id, "item": "50 % of [tides]"}
    assert "scored 78 of 100" in str(artifact.data)
