"""What is wrong with a batch of creators, found before anything is planned: in the spec and in its roster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tasks.complaints import Place, Problem
from tasks.creators.context import Profile
from tasks.creators.groups import group_faults
from tasks.creators.known import Known, known_to
from tasks.creators.models import CreatorBatch
from tasks.creators.preflight import accepted, too_poor
from tasks.creators.rule_checks import effective_rules, rule_faults
from tasks.creators.store import Listed, resolved
from tasks.creators.weeks_asked import Wanted, misnamed_weeks, names_in, wanted
from tasks.errors import PressroomError, fault
from tasks.ledger.looking import looking
from tasks.llm.routing import NONE, options_of
from tasks.yaml_lines import Lines


def check_creators(batch: CreatorBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem: of the roster that is brought, of each creator, of groups, of models."""
    if batch.roster is not None:
        from tasks.creators.roster_csv import check_roster

        yield from check_roster(batch.base_dir / batch.roster, today=batch.asked_on)
    with looking() as glance:
        known = known_to(batch, glance.execute if glance is not None else None)
    yield from _Checks(batch, file, text, known).problems()


class _Checks:
    """One look at a batch."""

    def __init__(self, batch: CreatorBatch, file: str, text: str, known: Known) -> None:
        self._batch = batch
        self._file = file
        self._lines = Lines(text)
        self._by_id = {one.creator_id: one for one in known.listing}
        self._brought = known.brought
        pages = [(one.creator_id, one.page_name) for one in known.listing]
        self._ids = resolved(names_in(batch), pages)
        self._names = known.names

    def problems(self) -> Iterator[Problem]:
        """Yield them in the order of the spec."""
        weeks = wanted(self._batch, self._ids)
        told: set[str] = set()
        for one in weeks:
            if one.creator_id not in told:
                told.add(one.creator_id)
                yield from (self._at(one, error) for error in self._about(one))
            if one.fault is not None:
                yield self._of_a_week(one, one.fault)
        yield from self._of_rules(weeks)
        yield from self._misspelt(weeks)
        yield from self._of_models()

    def _about(self, one: Wanted) -> Iterator[PressroomError]:
        """Yield what keeps a creator from being planned, in the words that he would fail with."""
        known = self._by_id.get(one.creator_id)
        try:
            accepted(one.asked.name, _profile(known) if known is not None else None, self._names)
        except PressroomError as error:
            yield error
        if known is not None and not known.copies and known.creator_id not in self._brought:
            why = f"COPY_NONE: {known.creator_id!r} has no copy to use."
            hint = "Import copy for this creator (`pressroom creators import`), then retry."
            yield fault("PREFLIGHT_BLOCK", why=why, hint=hint)
        elif known is not None and known.copies and self._batch.roster is None:
            rules = effective_rules(known, self._batch.rules)
            if rules is not None and (poor := too_poor(known.creator_id, known.best_copy, rules)) is not None:
                yield poor

    def _of_rules(self, weeks: list[Wanted]) -> Iterator[Problem]:
        """Yield what no week can hold to: in the spec's rules, or in those of a creator's own."""
        for one, error in rule_faults(self._batch.rules, weeks, self._by_id):
            yield self._placed(error, ("rules",)) if one is None else self._at(one, error)

    def _of_a_week(self, one: Wanted, error: PressroomError) -> Problem:
        weeks = self._batch.week_start
        if error.code != "WEEK_INVALID" or self._batch.items_file is not None:
            return self._at(one, error)
        place: tuple[str | int, ...] = ("week_start",)
        if isinstance(weeks, dict):
            place = ("week_start", self._key_of(one, weeks))
        elif isinstance(weeks, list):
            place = ("week_start", weeks.index(one.week))
        return self._placed(error, place)

    def _key_of(self, one: Wanted, weeks: Mapping[str, object]) -> str:
        """Return the name under which the spec gives a creator's weeks."""
        return next((name for name in weeks if self._ids.get(name, name) == one.creator_id), one.asked.name)

    def _misspelt(self, weeks: list[Wanted]) -> Iterator[Problem]:
        names = {name for one in weeks for name in (one.asked.name, one.creator_id)}
        for group, number, error in group_faults(self._batch, self._ids, names):
            yield self._placed(error, ("groups", group, number))
        for name, error in misnamed_weeks(self._batch, self._ids, names):
            yield self._placed(error, ("week_start", name))

    def _of_models(self) -> Iterator[Problem]:
        from tasks.llm.readiness import unready

        field = "model" if self._batch.model is not None else "models"
        try:
            chosen = options_of(self._batch)
        except PressroomError as refused:
            yield self._placed(refused, (field,))
            return
        models = [name for name in [*chosen.use, *chosen.routes.values()] if name != NONE]
        for error in unready(models, "creators", self._batch.budget):
            yield self._placed(error, (field,))

    def _at(self, one: Wanted, error: PressroomError) -> Problem:
        """Place a problem at a creator: in the spec, or in the file that names him."""
        if self._batch.items_file is None:
            return self._placed(error, one.asked.place)
        path = str(self._batch.base_dir / self._batch.items_file)
        return Problem.of(error, path, int(one.asked.place[0]), "creator")

    def _placed(self, error: PressroomError, place: Place) -> Problem:
        return Problem.of(error, self._file, self._lines.of(place), ".".join(map(str, place)))


def _profile(known: Listed) -> Profile:
    return Profile(
        creator_id=known.creator_id,
        page_name=known.page_name,
        time_zone=known.time_zone,
        is_active=known.is_active,
    )
