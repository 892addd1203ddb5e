"""What the server does by itself: a run whose process is gone is taken up again elsewhere, and somebody is told.

A run tells the server every half minute that it lives. One that falls silent, because its machine or its process is
gone, or was before it began to work, is marked as crashed; a crashed run of a deployment is put back into its queue,
where the next worker finds it, and it goes on with its batch. How often is bounded by its states
(`flows/scheduled.py`), and held to by the worker that would start it (`flows/pool_worker.py`).

Automations count events and cannot compute rates, nor pause a run: that is the batches' own business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture

from deployments.notification import Address
from deployments.wanted import our_flows
from flows.scheduled import GIVEN_UP, TAKEN_UP, TAKES_UP

SILENT_SECONDS = 75
"""How long a run is silent until it counts as gone: two of its heartbeats and a half."""
CRASHED_SECONDS = 10
"""How long a run stays crashed until it is put back: the shortest time that Prefect waits for."""
PREFIX = "Pressroom: "
_SIGNS = ("heartbeat", "Pending", "Submitting", "Running")
"""What a run says that a worker has taken, the last three as names of states: after each it is silent for a while."""
_ENDS = (
    *("AwaitingConcurrencySlot", "AwaitingRetry", "Cancelled", "Cancelling", "Completed", "CompletedWithFailures"),
    *("Crashed", "Failed", "Scheduled", "Suspended", "TimedOut", TAKEN_UP, GIVEN_UP),
)
"""Names of states in which a run is silent because it is meant to be."""
_UNASKED = {"prefect.state-message": "!Execution was aborted by * signal."}
"""Crashes but those of runs that were told to end, as all are when their worker is stopped: whoever stops it knows."""


@dataclass(frozen=True)
class Rule:
    """An automation, told by its name: Prefect's names are not unique, and two would fire twice."""

    title: str
    trigger: EventTrigger
    actions: tuple[ActionTypes, ...]

    @property
    def name(self) -> str:
        """What it is called where changes are told."""
        return f"automation {self.title!r}"

    def difference(self, client: SyncPrefectClient) -> str:
        """Say how it differs. Whether it is switched on is left to whoever switches it off."""
        found = self._found(client)
        if found is None:
            return "is not there"
        return "" if _said(found) == _said(self._wanted()) else "differs"

    def make(self, client: SyncPrefectClient) -> None:
        """Make it, or make it as it is wanted."""
        found = self._found(client)
        if found is None:
            client.create_automation(self._wanted())
        else:
            client.update_automation(found.id, self._wanted().model_copy(update={"enabled": found.enabled}))

    def _wanted(self) -> AutomationCore:
        return AutomationCore(name=f"{PREFIX}{self.title}", trigger=self.trigger, actions=list(self.actions))

    def _found(self, client: SyncPrefectClient) -> Automation | None:
        return next(iter(client.read_automations_by_name(f"{PREFIX}{self.title}")), None)


def rules(client: SyncPrefectClient, address: Address | None) -> Iterator[Rule]:
    """Yield the automations; who is to be told must be known to the server by then."""
    # Not by force: of a run that is short the last heartbeat may be heard after its end, and it has not crashed.
    gone = ChangeFlowRunState(
        name="Crashed", state=StateType.CRASHED, message="Its process has been silent and counts as gone.", force=False
    )
    again = ChangeFlowRunState(
        state=StateType.SCHEDULED, name=TAKEN_UP, message="It goes on with its batch after a crash.", force=True
    )
    silence = _silent(_SIGNS, (*_SIGNS, *_ENDS), SILENT_SECONDS)
    yield Rule("a run that has fallen silent has crashed", silence, (gone,))
    # Not at once: its worker tells of the crash a second time once it has cleared up, and then holds it no more.
    at_rest = _silent(("Crashed",), {*_SIGNS, *_ENDS} - {"Crashed"}, CRASHED_SECONDS)
    yield Rule(TAKES_UP.removeprefix(PREFIX), at_rest, (again,))
    if address is not None and (block_id := address.block_id(client)) is not None:
        told = SendNotification(
            block_document_id=block_id,
            subject="Run {{ flow_run.name }} has crashed",
            body="{{ flow_run.state.message }}\nIt is taken up again by the next worker that is free.",
        )
        yield Rule("a crash is told at once", _on("Crashed", _UNASKED), (told,))
        given_up = SendNotification(
            block_document_id=block_id,
            subject="Run {{ flow_run.name }} is given up",
            body="{{ flow_run.state.message }}",
        )
        yield Rule("a run that is given up is told at once", _on(GIVEN_UP), (given_up,))


def _silent(after: Iterable[str], until: Iterable[str], seconds: float) -> EventTrigger:
    """Watch for runs that say nothing of one sort for a while after they have said something of another."""
    return EventTrigger(
        **_of_ours(),
        after={f"prefect.flow-run.{name}" for name in after},
        expect={f"prefect.flow-run.{name}" for name in until},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=seconds),
    )


def _on(state: str, labels: Mapping[str, str] = MappingProxyType({})) -> EventTrigger:
    return EventTrigger(
        **_of_ours(labels),
        expect={f"prefect.flow-run.{state}"},
        for_each={"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
    )


def _of_ours(labels: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Only runs of our flows' deployments: another's run, or one that somebody started by hand, is theirs."""
    ours = {"prefect.resource.role": "flow", "prefect.resource.name": our_flows()}
    deployed = {"prefect.resource.role": "deployment"}
    return {"match": {"prefect.resource.id": "prefect.flow-run.*", **labels}, "match_related": [ours, deployed]}


def _said(automation: AutomationCore) -> dict[str, Any]:
    """Return what an automation says, its sets in one order."""
    said = automation.model_dump(mode="json", include={"name", "trigger", "actions"}, exclude={"trigger": {"id"}})
    sets = {name: sorted(value) for name, value in said["trigger"].items() if name in ("after", "expect", "for_each")}
    return {**said, "trigger": {**said["trigger"], **sets}}
