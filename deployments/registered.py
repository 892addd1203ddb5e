"""The deployments of prefect.yaml: which flow runs when, with which spec, in which queue.

`prefect deploy` registers them; here is told how the server differs. A schedule that a person has switched on or off
stays so: prefect.yaml says how it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from tasks.errors import fault
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
        """Register what differs by `prefect deploy`, and leave its schedules switched as they were."""
        different = [one for one in self._all() if one.difference(client)]
        before = [one.found(client) for one in different]
        names = [part for one in different for part in ("--name", one.name)]
        command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", *names]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            why = (done.stderr or done.stdout).strip()[-2000:]
            raise fault("DEPLOY_FAILED", name=", ".join(one.name for one in different), why=why)
        for one, was in zip(different, before, strict=True):
            one.switch_as(was, client)

    def _all(self) -> Iterator[Deployed]:
        path = self.folder / FILE
        if not path.is_file():
            hint = "Run it in the folder of your prefect.yaml, such as that of this project."
            raise fault("SPEC_NOT_FOUND", path=str(path), hint=hint)
        data = parse_data(read_text(path), path)
        found = data.get("deployments") if isinstance(data, dict) else None
        if not isinstance(found, list):
            why, hint = "it holds no list of deployments", "See the one that Pressroom brings."
            raise fault("SPEC_INVALID", path=str(path), line=1, field="deployments", why=why, hint=hint)
        yield from (Deployed(one, self.folder) for one in found if isinstance(one, dict))


@dataclass(frozen=True)
class Deployed:
    """One deployment, as prefect.yaml has it."""

    said: dict[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """Its name there."""
        return str(self.said["name"])

    def difference(self, client: SyncPrefectClient) -> str:
        """Name what differs."""
        found = self.found(client)
        if found is None:
            return "is not there"
        there, wanted = _there(found), _wanted(self.said, self.folder)
        wanted |= {} if "description" in self.said else {"description": there["description"]}  # the flow's own text
        if there["form"] == _as_postgres(wanted["form"]):
            there["form"] = wanted["form"]
        different = [name for name, value in wanted.items() if there[name] != value]
        return f"differs in {', '.join(different)}" if different else ""

    def found(self, client: SyncPrefectClient) -> DeploymentResponse | None:
        """Return it as the server has it."""
        flow = str(self.said["entrypoint"]).rpartition(".")[2]
        try:
            return client.read_deployment_by_name(f"{flow}/{self.name}")
        except ObjectNotFound:
            return None

    def switch_as(self, before: DeploymentResponse | None, client: SyncPrefectClient) -> None:
        """Switch its schedules on and off as they were."""
        after = self.found(client)
        if before is None or after is None:
            return
        switched = {one.slug: one.active for one in before.schedules}
        for one in after.schedules:
            if switched.get(one.slug, one.active) != one.active:
                client.update_deployment_schedule(after.id, one.id, active=switched[one.slug])


def _wanted(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    limit = said.get("concurrency_limit") or {}
    return {
        "entrypoint": said["entrypoint"],
        "description": said.get("description"),
        "parameters": said.get("parameters") or {},
        "queue": said["work_pool"]["work_queue_name"],
        "concurrency_limit": limit.get("limit"),
        "collision_strategy": limit.get("collision_strategy"),
        "schedules": {one["slug"]: (one["cron"], one["timezone"]) for one in said.get("schedules") or []},
        "folder": str(folder),
        "form": _form(said["entrypoint"]),
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
        "schedules": {
            one.slug: (getattr(one.schedule, "cron", None), getattr(one.schedule, "timezone", None))
            for one in found.schedules
        },
        "folder": next((step["directory"] for step in steps if "directory" in step), None),
        "form": json.dumps(found.parameter_openapi_schema),
    }
