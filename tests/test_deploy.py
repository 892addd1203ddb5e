"""`pressroom deploy` makes on a server what is wanted there, and the second time finds nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import DeploymentResponse

from deployments.apply import changes
from deployments.pool import POOL
from tasks.errors import PressroomError
from tasks.models import Priority

NAME = f"deployed-{uuid4().hex[:8]}"
"""Other tests deploy to the same server."""
ADDRESS = "json://127.0.0.1:9/very-secret"


@pytest.fixture
def client(prefect_server: None) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as opened:
        yield opened


def project(folder: Path, **fields: object) -> Path:
    """A folder with a prefect.yaml of one deployment."""
    one = {
        **{"name": NAME, "entrypoint": "flows.documents.documents", "enforce_parameter_schema": True},
        **{"parameters": {"batch": {"items_file": "weekly.yaml"}}},
        **{"work_pool": {"name": POOL, "work_queue_name": "low"}},
        **{"concurrency_limit": {"limit": 2, "collision_strategy": "ENQUEUE"}},
        **{"schedules": [{"slug": "weekly", "cron": "0 3 * * 1", "timezone": "Europe/Berlin", "active": False}]},
    }
    (folder / "prefect.yaml").write_text(yaml.safe_dump({"name": "site", "deployments": [{**one, **fields}]}))
    return folder


def deployed(client: SyncPrefectClient) -> DeploymentResponse:
    return client.read_deployment_by_name(f"documents/{NAME}")


def test_what_is_wanted_is_made_once_and_what_people_have_switched_stays_so(
    tmp_path: Path, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_NOTIFY_URL", ADDRESS)
    folder = project(tmp_path)
    assert [change.why for change in changes(folder, make=False) if NAME in change.why] == [f"{NAME} is not there"]
    told = list(changes(folder, make=True))
    assert not any("very-secret" in text for change in told for text in change)
    assert list(changes(folder, make=False)) == []

    queues = {queue.name: queue.priority for queue in client.read_work_queues(work_pool_name=POOL)}
    assert [queues[priority.value] for priority in Priority] == [1, 2, 3, 4]
    found = deployed(client)
    assert (found.work_queue_name, found.parameters) == ("low", {"batch": {"items_file": "weekly.yaml"}})

    client.update_deployment_schedule(found.id, found.schedules[0].id, active=True)
    again = project(tmp_path, description="Otherwise")
    assert [change.why for change in changes(again, make=True)] == [f"{NAME} differs in description"]
    assert deployed(client).description == "Otherwise"
    assert deployed(client).schedules[0].active


def test_what_prefect_refuses_is_said_with_its_reason(tmp_path: Path, client: SyncPrefectClient) -> None:
    folder = project(
        tmp_path, entrypoint="flows.documents.documents", work_pool={"name": "nowhere", "work_queue_name": "x"}
    )
    with pytest.raises(PressroomError) as caught:
        list(changes(folder, make=True))
    assert caught.value.code == "DEPLOY_FAILED"
    assert "nowhere" in caught.value.message


def test_a_file_without_deployments_is_refused(tmp_path: Path, client: SyncPrefectClient) -> None:
    (tmp_path / "prefect.yaml").write_text("name: site\n")
    with pytest.raises(PressroomError, match="holds no list of deployments"):
        list(changes(tmp_path, make=False))
