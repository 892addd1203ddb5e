"""The stages of an episode, gone through without making anything: each is known as far as finished work tells."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter

from tasks.foresight import Foresight
from tasks.llm.foreseen import ForeseenStage, rehearsal_of
from tasks.llm.questions import is_small
from tasks.llm.rehearsal import Rehearsal
from tasks.plans import MADE, StagePlan, Verdict
from tasks.podcast import researching
from tasks.podcast.approved import Approved
from tasks.podcast.episode import Dossier, GateReport, Recording, Script
from tasks.podcast.foreseen_rounds import AskedAgain
from tasks.podcast.foreseen_speech import cost_to_speak
from tasks.podcast.gates.judgement import judged
from tasks.podcast.gates.report import report_on
from tasks.podcast.imagined import CLAIM_WORDS, WORD, dossier_to_be, longest_script, worst_report
from tasks.podcast.models import PodcastItem
from tasks.podcast.research import Found
from tasks.podcast.research.web import worst_of_search
from tasks.podcast.script import repairing, writing

MadeT = TypeVar("MadeT")
Step = Callable[[], Coroutine[Any, Any, MadeT]]


@dataclass
class ForeseenEpisode:
    """An episode on its way; `plans` has what was found of its stages so far."""

    item: PodcastItem
    foresight: Foresight
    approved: Approved | None
    """What a person has approved of it: that is neither written nor judged any more."""
    plans: list[StagePlan] = field(default_factory=list)

    def go_through(self, found: Found | None) -> None:
        """Go through all stages, from what was found on; None where a search of the web is asked first."""
        found = found or self._searched()
        dossier = self._researched(found) if found is not None else self._imagined()
        script = self._written(dossier, is_known=found is not None)
        report: GateReport | None = None
        if self.approved is not None:
            report = self.approved.report
        else:
            script, report = self._judged(dossier, script)
        self._packaged(self._spoken(dossier, script, report))

    def _searched(self) -> Found | None:
        """Return what a search of the web has found before; else say what it may cost."""
        item = self.item
        plan, found = self.foresight.checkpoint(
            item.item_id,
            "search_web",
            item.lane,
            inputs={"inputs": researching.wanted_of(item)},
            returns=TypeAdapter(Found),
            version=1,
        )
        plan.stage = "find_sources"
        if isinstance(found, Found):
            self.plans.append(plan)
            return found
        worst = worst_of_search(item.search or "", item.topic)
        plan.tokens, plan.cost = worst.input_tokens + worst.output_tokens, worst.cost_usd
        plan.is_sure = False
        self.plans.append(plan)
        return None

    def _imagined(self) -> Dossier:
        plan = self.foresight.follows(self.plans[-1], "research", self.item.lane)
        plan.tokens, plan.cost = 0, 0.0
        self.plans.append(plan)
        return dossier_to_be(self.item, (WORD * CLAIM_WORDS).strip())

    def _researched(self, found: Found) -> Dossier:
        item, approved = self.item, self.approved

        async def gather() -> Dossier:
            return approved.dossier if approved is not None else researching.claims_from(item, found)

        stage = ForeseenStage("research", item, self.foresight, None)
        made = stage.of(Dossier, {"item": item, "found": found}, gather, is_known=True)
        self.plans.append(stage.plan)
        # Equal work of the same batch makes it, and no model is asked: it is the same.
        return made or _now(gather)

    def _written(self, dossier: Dossier, *, is_known: bool) -> Script | None:
        item, approved = self.item, self.approved

        async def write() -> Script:
            return approved.script if approved is not None else await writing.write(item, dossier)

        stage = ForeseenStage("write_script", item, self.foresight, self.plans[-1])
        made = stage.of(Script, {"item": item, "dossier": dossier}, write, is_known=is_known)
        self.plans.append(stage.plan)
        return made if is_known else None

    def _judged(self, dossier: Dossier, script: Script | None) -> tuple[Script | None, GateReport | None]:
        """Go to and fro between gates and repairs, as often as is known, and say what it takes beyond that at most."""
        item, written = self.item, self.plans[-1]
        judge = AskedAgain(StagePlan("pass_gates", item.lane, Verdict.NEW))
        mend = AskedAgain(StagePlan("repair_script", item.lane, Verdict.NEW))
        left, report = item.bar.marks.repairs, self._report(dossier, script, judge)
        can_mend = bool(item.models) and not is_small(item)
        while can_mend and left and script is not None and report is not None and not report.passes:
            left -= 1
            script = self._mended(dossier, script, report, mend)
            report = self._report(dossier, script, judge)
        if can_mend and report is None:
            self._foresee_more(dossier, left, judge, mend)
        for asked in (judge, mend):
            self.plans += asked.settled(written)
        return script, report

    def _report(self, dossier: Dossier, script: Script | None, judge: AskedAgain) -> GateReport | None:
        item, about = self.item, script or longest_script(self.item, dossier)
        rehearsal = rehearsal_of(item, self.foresight, is_known=script is not None)
        judgement = rehearsal.go_through(lambda: judged(item, dossier, about))
        judge.questions += rehearsal.questions
        is_known = script is not None and all(one.is_kept for one in rehearsal.questions)
        return report_on(item, dossier, about, judgement) if is_known else None

    def _mended(self, dossier: Dossier, script: Script, report: GateReport, mend: AskedAgain) -> Script | None:
        item = self.item
        inputs = {"item": item, "dossier": dossier, "script": script, "report": report}
        plan, made = self.foresight.checkpoint(
            item.item_id, "repair_script", item.lane, inputs=inputs, returns=TypeAdapter(Script), version=1
        )
        mend.plan = plan if plan.verdict in MADE or not mend.was_met else mend.plan
        mend.was_met = True
        if isinstance(made, Script):
            return made
        rehearsal = rehearsal_of(item, self.foresight, is_known=True)
        made = rehearsal.go_through(lambda: repairing.repair(item, dossier, script, report))
        mend.questions += rehearsal.questions
        return made

    def _foresee_more(self, dossier: Dossier, repairs: int, judge: AskedAgain, mend: AskedAgain) -> None:
        """Count repairs that may be needed, with the judge's word on each."""
        item, script = self.item, longest_script(self.item, dossier)
        for asked, step in (
            (mend, lambda: repairing.repair(item, dossier, script, worst_report(item))),
            (judge, lambda: judged(item, dossier, script)),
        ):
            rehearsal = Rehearsal()
            rehearsal.go_through(step)
            asked.questions += rehearsal.questions * repairs

    def _spoken(self, dossier: Dossier, script: Script | None, report: GateReport | None) -> GateReport | None:
        """Say what speaking takes; a script that is known not to pass is not spoken, and its report is returned."""
        item, is_known = self.item, script is not None and report is not None
        if report is not None and not report.passes:
            return report
        plan, made = StagePlan("synthesize", item.lane, Verdict.NEW), None
        if is_known:
            inputs = {"item": item, "dossier": dossier, "script": script, "report": report}
            plan, made = self.foresight.checkpoint(
                item.item_id, plan.stage, item.lane, inputs=inputs, returns=TypeAdapter(Recording), version=1
            )
        elif sources := [one for one in self.plans if one.verdict in MADE]:
            plan = self.foresight.follows(sources[-1], plan.stage, item.lane)
        if made is None and plan.verdict in MADE:
            about = script or longest_script(item, dossier)
            plan.tokens, plan.cost = 0, cost_to_speak(item, about, self.foresight)
            plan.is_sure = is_known
        self.plans.append(plan)
        return None

    def _packaged(self, failed: GateReport | None) -> None:
        plan = StagePlan("package_episode", self.item.lane, Verdict.REUSE, "put together again from finished work")
        made = [one for one in self.plans if one.verdict in MADE]
        if failed is not None:
            plan.verdict, plan.why = Verdict.NEW, f"it would wait for review: {failed.blocking[0]}"
            plan.tokens, plan.cost = 0, 0.0
        elif made:
            plan = self.foresight.follows(made[-1], plan.stage, plan.lane)
            plan.tokens, plan.cost = 0, 0.0
        self.plans.append(plan)


def _now(step: Step[MadeT]) -> MadeT:
    made = Rehearsal().go_through(step)
    assert made is not None, "it asks nobody"
    return made
