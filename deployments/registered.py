"""The deployments of prefect.yaml: which flow runs when, with which spec, in which queue.

`prefect deploy` registers them, but for their schedules (`schedules.py`); here is told how the server differs. A
schedule that a person has switched on or off stays so: prefect.yaml says how it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from deployments import schedules
from deployments.wanted import our_flows
from tasks.errors import PressroomError, fault
from tasks.files import parse_data, read_text

FILE = "prefect.yaml"


@dataclass(frozen=True)
class Deployments:
    """All deployments of a folder's prefect.yaml: one call of Prefect registers all of them that differ."""

    folder: Path

    @property
    def name(self) -> str:
        """What they are called where changes are told."""
        return f"deployments of {FILE}:"

    def difference(self, client: SyncPrefectClient) -> str:
        """Name what differs of which."""
        return "; ".join(f"{one.name} {why}" for one in self._all() if (why := one.difference(client)))

    def make(self, client: SyncPrefectClient) -> None:
        """Register what differs by `prefect deploy`, and make its schedules."""
        different = [one for one in self._all() if one.difference(client)]
        if unlike := [one for one in different if not one.is_registered(client)]:
            self._register(unlike)
        for one in different:
            one.settle_schedules(client)

    def _register(self, unlike: Sequence[Deployed]) -> None:
        names = [part for one in unlike for part in ("--name", one.name)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / FILE
            file.write_text(yaml.safe_dump(self._without_schedules(), sort_keys=False))
            command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--prefect-file", str(file), *names]
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            why = (done.stderr or done.stdout).strip()[-2000:]
            raise fault("DEPLOY_FAILED", name=", ".join(one.name for one in unlike), why=why)

    def full_names(self) -> set[str]:
        """Return what Prefect calls them, such as `documents/documents`."""
        return {one.full_name for one in self._all()}

    def _without_schedules(self) -> dict[str, Any]:
        """Return the file for `prefect deploy`."""
        bare = [
            {field: value for field, value in one.said.items() if field not in schedules.FIELDS} for one in self._all()
        ]
        return {**self._data(), "deployments": bare}

    def _all(self) -> Iterator[Deployed]:
        ours = {f"flows.{name}.{name}" for name in our_flows()}
        for number, one in enumerate(self._data()["deployments"]):
            if not isinstance(one, dict) or not one.get("name"):
                raise self._invalid(f"deployments.{number}", "it has no name", "Give it one.")
            if one.get("entrypoint") not in ours:
                why = f"{one.get('entrypoint')!r} is no flow of Pressroom's"
                hint = f"It may be {', '.join(sorted(ours))}; other flows are deployed from a file of their own."
                raise self._invalid(f"deployments.{number}.entrypoint", why, hint)
            yield Deployed(one, self.folder)

    def _data(self) -> dict[str, Any]:
        path = self.folder / FILE
        if not path.is_file():
            hint = "Run it in the folder of your prefect.yaml, such as that of this project."
            raise fault("SPEC_NOT_FOUND", path=str(path), hint=hint)
        data = parse_data(read_text(path), path)
        if not isinstance(data, dict) or not isinstance(data.get("deployments"), list):
            raise self._invalid("deployments", "it holds no list of deployments", "See the one that Pressroom brings.")
        return data

    def _invalid(self, field: str, why: str, hint: str) -> PressroomError:
        return fault("SPEC_INVALID", path=str(self.folder / FILE), line=1, field=field, why=why, hint=hint)


@dataclass(frozen=True)
class Deployed:
    """One deployment, as prefect.yaml has it."""

    said: dict[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """Its name there."""
        return str(self.said["name"])

    @property
    def full_name(self) -> str:
        """Its name with its flow's, as Prefect writes it."""
        return f"{str(self.said['entrypoint']).rpartition('.')[2]}/{self.name}"

    def difference(self, client: SyncPrefectClient) -> str:
        """Name what differs."""
        planned = schedules.planned(self.said)
        found = self.found(client)
        if found is None:
            return "is not there"
        different = [*self._unlike(found), *filter(None, [schedules.difference(planned, found.schedules)])]
        return f"differs in {', '.join(different)}" if different else ""

    def is_registered(self, client: SyncPrefectClient) -> bool:
        """Say whether the server has it as it is wanted, but perhaps for its schedules."""
        found = self.found(client)
        return found is not None and not self._unlike(found)

    def _unlike(self, found: DeploymentResponse) -> list[str]:
        """Name in what the server's differs, its schedules aside."""
        there, wanted = _there(found), _wanted(self.said, self.folder)
        wanted |= {} if "description" in self.said else {"description": there["description"]}  # the flow's own text
        if there["form"] == _as_postgres(wanted["form"]):
            there["form"] = wanted["form"]
        return [name for name, value in wanted.items() if there[name] != value]

    def found(self, client: SyncPrefectClient) -> DeploymentResponse | None:
        """Return it as the server has it."""
        try:
            return client.read_deployment_by_name(self.full_name)
        except ObjectNotFound:
            return None

    def settle_schedules(self, client: SyncPrefectClient) -> None:
        """Make its schedules, once it is registered."""
        found = self.found(client)
        if found is not None:
            schedules.settle(schedules.planned(self.said), found, client)


def _wanted(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what the server is to have; of what the file leaves to Prefect any will do."""
    limit = said.get("concurrency_limit")
    limits = limit if isinstance(limit, dict) else {"limit": limit}
    left_open = {
        "queue": (said.get("work_pool") or {}).get("work_queue_name"),
        "collision_strategy": limits.get("collision_strategy"),
    }
    return {
        "entrypoint": said["entrypoint"],
        "description": said.get("description"),
        "parameters": said.get("parameters") or {},
        "concurrency_limit": limits.get("limit"),
        "folder": str(folder),
        "form": _form(said["entrypoint"]),
        **{name: value for name, value in left_open.items() if value is not None},
    }


def _form(entrypoint: str) -> str:
    """Return what the pages show as a flow's form, its order included: another version of ours may have another."""
    module, _, name = entrypoint.rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    return json.dumps(flow.parameters.model_dump())


def _as_postgres(form: str) -> str:
    """Return a form as Postgres gives it back: fields by the length of their names, then by their letters."""

    def ordered(value: Any) -> Any:
        if isinstance(value, list):
            return [ordered(one) for one in value]
        if isinstance(value, dict):
            return {name: ordered(value[name]) for name in sorted(value, key=lambda name: (len(name.encode()), name))}
        return value

    return json.dumps(ordered(json.loads(form)))


def _there(found: DeploymentResponse) -> dict[str, Any]:
    limit, options = found.global_concurrency_limit, found.concurrency_options
    steps = [step for one in found.pull_steps or [] for step in one.values()]
    return {
        "entrypoint": found.entrypoint,
        "description": found.description,
        "parameters": found.parameters,
        "queue": found.work_queue_name,
        "concurrency_limit": limit.limit if limit is not None else None,
        "collision_strategy": options.collision_strategy.value if options is not None else None,
        "folder": next((step["directory"] for step in steps if "directory" in step), None),
        "form": json.dumps(found.parameter_openapi_schema),
    }
