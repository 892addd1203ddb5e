"""Gates and repairs as they are foreseen: stages that an episode goes through several times."""

from __future__ import annotations

from dataclasses import dataclass, field

from tasks.llm.rehearsal import Foreseen, worst_of
from tasks.plans import MADE, StagePlan, Verdict


@dataclass
class AskedAgain:
    """A stage that an episode goes through several times, and all that it would ask."""

    plan: StagePlan
    questions: list[Foreseen] = field(default_factory=list)
    was_met: bool = False

    def settled(self, source: StagePlan) -> list[StagePlan]:
        """Return the stage's plan, or none where nobody is asked."""
        if not self.questions and not self.was_met:
            return []
        worst, plan = worst_of(self.questions), self.plan
        is_kept = all(one.is_kept for one in self.questions)
        if is_kept:
            plan.verdict, plan.why = Verdict.REUSE, plan.why or "the judge's word is kept"
            return [plan]
        if source.verdict in MADE and not self.was_met:
            plan.verdict, plan.why, plan.changed = source.verdict, f"follows {source.stage}", [source.stage]
        plan.tokens, plan.cost, plan.is_sure = worst.tokens, worst.cost, False
        return [plan]
