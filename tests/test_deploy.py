"""`pressroom deploy` makes on a server what is wanted there, and the second time finds nothing to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from sites import press

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


def deployed(client: SyncPrefectClient, name: str = NAME) -> DeploymentResponse:
    return client.read_deployment_by_name(f"documents/{name}")


def scheduled(folder: Path, name: str, *schedules: Mapping[str, object]) -> Path:
    """A folder whose one deployment has these schedules."""
    return project(folder, name=name, schedules=[dict(one) for one in schedules])


def of_deployments(folder: Path, *, make: bool) -> list[str]:
    """What differs of the deployments, which no other test has."""
    return [change.why for change in changes(folder, make=make) if change.name.startswith("deployments")]


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


def test_schedules_of_every_sort_are_made_once_with_and_without_slug_and_time_zone(
    tmp_path: Path, client: SyncPrefectClient
) -> None:
    name = f"{NAME}-sorts"
    sorts: list[dict[str, object]] = [
        {"cron": "0 3 * * 1", "timezone": "Europe/Berlin", "active": True},
        {"cron": "0 3 * * 1", "parameters": {"batch": {"items_file": "other.yaml"}}},
        {"slug": "nightly", "cron": "0 2 * * *", "day_or": False, "active": False},
        {"interval": 86400, "timezone": "Europe/Berlin"},
        {"slug": "from-january", "interval": "P7D", "anchor_date": "2024-01-01T00:00:00+02:00"},
        {"rrule": "FREQ=MONTHLY;BYMONTHDAY=1"},
        {"rrule": "DTSTART:20240101T030000\nRRULE:FREQ=WEEKLY;INTERVAL=2", "timezone": "Europe/Berlin"},
    ]
    assert of_deployments(scheduled(tmp_path, name, *sorts), make=True) == [f"{name} is not there"]
    made = {one.id: one.active for one in deployed(client, name).schedules}
    assert (len(made), sum(made.values())) == (7, 6)
    assert of_deployments(tmp_path, make=False) == []

    sorts[3]["interval"] = 43200
    sorts[4]["anchor_date"] = "2024-01-02T00:00:00+02:00"
    assert of_deployments(scheduled(tmp_path, name, *sorts), make=True) == [f"{name} differs in schedules"]
    found = deployed(client, name).schedules
    assert len(found) == 7
    assert timedelta(hours=12) in [getattr(one.schedule, "interval", None) for one in found]
    assert of_deployments(tmp_path, make=False) == []


def test_what_a_deployment_leaves_to_prefect_is_no_difference_and_its_schedule_stays_switched_when_its_time_changes(
    tmp_path: Path, client: SyncPrefectClient
) -> None:
    name, open_ = f"{NAME}-time", {"concurrency_limit": 3, "work_pool": {"name": POOL}}
    of_deployments(project(tmp_path, name=name, schedules=[{"cron": "0 3 * * 1", "active": True}], **open_), make=True)
    assert of_deployments(tmp_path, make=False) == []
    found = deployed(client, name)
    client.update_deployment_schedule(found.id, found.schedules[0].id, active=False)
    of_deployments(project(tmp_path, name=name, schedules=[{"cron": "0 4 * * 1", "active": True}], **open_), make=True)
    (one,) = deployed(client, name).schedules
    assert (getattr(one.schedule, "cron", None), one.active) == ("0 4 * * 1", False)


def test_schedules_that_the_file_does_not_name_any_more_are_deleted_and_told(
    tmp_path: Path, client: SyncPrefectClient
) -> None:
    name = f"{NAME}-fewer"
    weekly = {"cron": "0 3 * * 1", "timezone": "Europe/Berlin", "active": True}
    two = scheduled(tmp_path, name, {**weekly, "slug": "weekly"}, {"slug": "hourly", "interval": 3600})
    of_deployments(two, make=True)
    found = deployed(client, name)
    switched = next(one.id for one in found.schedules if one.slug == "weekly")
    client.update_deployment_schedule(found.id, switched, active=False)

    told = of_deployments(scheduled(tmp_path, name, {**weekly, "slug": "monday"}), make=True)
    assert told == [f"{name} differs in schedules (to be deleted, since the file does not name them: 'hourly')"]
    assert [(one.id, one.slug, one.active) for one in deployed(client, name).schedules] == [(switched, "monday", False)]
    assert of_deployments(tmp_path, make=False) == []

    unnamed = scheduled(tmp_path, name, {"cron": "0 5 * * *"}, {"cron": "0 6 * * *"})
    assert "'monday'" in "".join(of_deployments(unnamed, make=True))
    assert len(deployed(client, name).schedules) == 2
    of_deployments(scheduled(tmp_path, name), make=True)
    assert deployed(client, name).schedules == []
    assert of_deployments(tmp_path, make=False) == []


def test_what_deploying_does_not_mend_is_said(
    tmp_path: Path, client: SyncPrefectClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{NAME}-elsewhere"
    pull = [{"prefect.deployments.steps.set_working_directory": {"directory": "/elsewhere"}}]
    monkeypatch.chdir(project(tmp_path, name=name, pull=pull))
    said = press(capsys, "deploy", "--json")
    (one,) = (one for one in said.document["differences"] if one["name"].startswith("deployments"))
    assert (one["why"], one["left"]) == (f"{name} is not there", f"{name} differs in folder")
    assert said.code == 1
    assert f"made, but still {name} differs in folder" in said.err


def test_a_deployment_that_the_file_names_otherwise_is_told_while_its_schedules_are_active(
    tmp_path: Path, client: SyncPrefectClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = f"documents/{NAME}-old", f"documents/{NAME}-new"
    active = {"cron": "0 3 * * 1", "active": True}
    monkeypatch.chdir(scheduled(tmp_path, f"{NAME}-old", active))
    assert old not in [one["name"] for one in press(capsys, "deploy", "--json").document["unnamed"]]

    scheduled(tmp_path, f"{NAME}-new", active)
    assert f"`prefect deployment delete {old}`" in press(capsys, "deploy", "--check").err
    names = [one["name"] for one in press(capsys, "deploy", "--check", "--json").document["unnamed"]]
    assert (old in names, new in names) == (True, False)

    found = deployed(client, f"{NAME}-old")
    client.update_deployment_schedule(found.id, found.schedules[0].id, active=False)
    assert old not in press(capsys, "deploy", "--check").err


@pytest.mark.parametrize(
    ("schedules", "why"),
    [
        ([{"cron": "at dawn"}], "Invalid cron string"),
        ([{"timezone": "Europe/Berlin"}], "Unknown schedule type"),
        (["weekly"], "a schedule of it"),
        ([{"slug": "weekly", "cron": "0 3 * * 1"}, {"slug": "weekly", "interval": 60}], "have the slug 'weekly'"),
    ],
)
def test_a_schedule_that_is_none_is_refused_before_anything_is_made(
    tmp_path: Path, client: SyncPrefectClient, schedules: list[object], why: str
) -> None:
    folder = project(tmp_path, name=f"{NAME}-none", schedules=schedules)
    with pytest.raises(PressroomError, match=why) as caught:
        of_deployments(folder, make=True)
    assert caught.value.code == "DEPLOY_FAILED"
    with pytest.raises(ObjectNotFound):
        deployed(client, f"{NAME}-none")


def test_what_prefect_refuses_is_said_with_its_reason(tmp_path: Path, client: SyncPrefectClient) -> None:
    folder = project(
        tmp_path, entrypoint="flows.documents.documents", work_pool={"name": "nowhere", "work_queue_name": "x"}
    )
    with pytest.raises(PressroomError) as caught:
        list(changes(folder, make=True))
    assert caught.value.code == "DEPLOY_FAILED"
    assert "nowhere" in caught.value.message


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"entrypoint": "flows.document.document"}, "'flows.document.document' is no flow of Pressroom's"),
        ({"entrypoint": "mine.py:mine"}, "'mine.py:mine' is no flow of Pressroom's"),
        ({"name": ""}, "it has no name"),
    ],
)
def test_a_deployment_that_is_none_of_ours_is_refused(
    tmp_path: Path, client: SyncPrefectClient, wrong: dict[str, object], why: str
) -> None:
    with pytest.raises(PressroomError, match=why) as caught:
        list(changes(project(tmp_path, **wrong), make=True))
    assert caught.value.code == "SPEC_INVALID"


def test_a_file_without_deployments_is_refused(tmp_path: Path, client: SyncPrefectClient) -> None:
    (tmp_path / "prefect.yaml").write_text("name: site\n")
    with pytest.raises(PressroomError, match="holds no list of deployments"):
        list(changes(tmp_path, make=False))
