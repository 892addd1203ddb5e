"""The schedules of a deployment: those that prefect.yaml names, and no others.

`prefect deploy` leaves those on the server that the file does not name any more, refuses one without a slug beside
those that have one, and switches each as the file says. So it is given deployments without their schedules, and these
are made here: one that is there already stays switched as whoever has switched it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from prefect.cli.deploy._schedules import _schedule_config_to_deployment_schedule
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse

from tasks.errors import fault

FIELDS = ("schedules", "schedule")
"""What a deployment of prefect.yaml may call them; the second is Prefect's old name for a single one."""


class Planned(NamedTuple):
    """A schedule as prefect.yaml has it."""

    wanted: DeploymentScheduleCreate
    begins: bool
    """Whether the file says from when it counts; else any beginning will do, such as that of its first deployment."""

    @property
    def slug(self) -> str | None:
        """What the file calls it; a name that only the server has is no difference."""
        return self.wanted.slug

    def has_times_of(self, there: DeploymentSchedule) -> bool:
        """Say whether it starts runs when one of the server does."""
        return self._times(self.wanted) == self._times(there)

    def is_said_by(self, there: DeploymentSchedule) -> bool:
        """Say whether it starts the same runs at the same times."""
        return self.has_times_of(there) and self.wanted.parameters == there.parameters

    def _times(self, one: DeploymentScheduleCreate | DeploymentSchedule) -> dict[str, Any]:
        said = one.schedule.model_dump()
        if self.begins:
            return said
        said.pop("anchor_date", None)
        if "rrule" in said:
            lines = said["rrule"].splitlines()
            said["rrule"] = "\n".join(line for line in lines if not line.upper().startswith("DTSTART"))
        return said


def planned(said: Mapping[str, Any]) -> list[Planned]:
    """Read the schedules of a deployment of prefect.yaml as Prefect reads them: DEPLOY_FAILED where it cannot."""
    found = said.get("schedules") or [one for one in (said.get("schedule"),) if one]
    try:
        read = [_read(one) for one in found]
    except (AttributeError, TypeError, ValueError) as error:
        raise fault("DEPLOY_FAILED", name=str(said["name"]), why=f"a schedule of it: {error}") from error
    slugs = [one.slug for one in read if one.slug]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise fault("DEPLOY_FAILED", name=str(said["name"]), why=f"several schedules of it have the slug {twice[0]!r}")
    return read


def _read(said: dict[str, Any]) -> Planned:
    begins = "anchor_date" in said or "DTSTART" in str(said.get("rrule")).upper()
    return Planned(DeploymentScheduleCreate(**_schedule_config_to_deployment_schedule(said)), begins)


def difference(wanted: Sequence[Planned], there: Sequence[DeploymentSchedule]) -> str:
    """Say whether they differ, and which are to go. Whether they are switched on is left to whoever switches them."""
    pairs = list(_paired(wanted, there))
    surplus = [repr(_label(found)) for one, found in pairs if one is None and found is not None]
    if surplus:
        return f"schedules (to be deleted, since the file does not name them: {', '.join(surplus)})"
    is_wanted = all(one is not None and found is not None and _is(one, found) for one, found in pairs)
    return "" if is_wanted else "schedules"


def settle(wanted: Sequence[Planned], deployment: DeploymentResponse, client: SyncPrefectClient) -> None:
    """Make on the server the schedules that a deployment is to have, and delete the others."""
    for one, found in _paired(wanted, deployment.schedules):
        if one is None:
            if found is not None:
                client.delete_deployment_schedule(deployment.id, found.id)
        elif found is None:
            client.create_deployment_schedules(deployment.id, [one.wanted])
        elif not _is(one, found):
            client.update_deployment_schedule(
                deployment.id,
                found.id,
                # One that counts from its first deployment would begin anew.
                schedule=None if one.has_times_of(found) else one.wanted.schedule,
                # Prefect takes them away where they are not said.
                parameters=one.wanted.parameters,
                slug=one.slug,
            )


def _label(there: DeploymentSchedule) -> str:
    """Name a schedule of the server by its slug, or else by its times."""
    said = there.schedule.model_dump(mode="json")
    return there.slug or next((str(said[kind]) for kind in ("cron", "interval", "rrule") if kind in said), "")


def _is(one: Planned, there: DeploymentSchedule) -> bool:
    return one.is_said_by(there) and one.slug in (None, there.slug)


_SAME: tuple[Callable[[Planned, DeploymentSchedule], bool], ...] = (
    lambda one, there: one.slug is not None and one.slug == there.slug,
    lambda one, there: one.wanted.replaces is not None and one.wanted.replaces == there.slug,
    Planned.is_said_by,
    Planned.has_times_of,
)
"""What makes a schedule of the file one of the server, the surest sign first."""


def _paired(
    wanted: Sequence[Planned], there: Sequence[DeploymentSchedule]
) -> Iterator[tuple[Planned | None, DeploymentSchedule | None]]:
    """Yield each schedule of the file with the one of the server that it is, if any; then those of the server alone."""
    open_, left = list(wanted), list(there)
    for is_same in _SAME:
        for one in list(open_):
            found = next((candidate for candidate in left if is_same(one, candidate)), None)
            if found is not None:
                open_.remove(one)
                left.remove(found)
                yield one, found
    if len(open_) == len(left) == 1 and not (open_[0].slug and left[0].slug):
        # Without a slug, another time is all that a person has changed.
        yield open_.pop(), left.pop()
    yield from ((None, one) for one in left)
    yield from ((one, None) for one in open_)
