"""The fourteen phases by name: what each is, and which stages do it.

For those who look at a report or a plan; the order in which they run is the flow's.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Phase(NamedTuple):
    """One of the fourteen."""

    number: int
    name: str
    kind: Literal["deterministic", "model", "gate"]
    """Only those of a model spend tokens, and each of them has a way without."""
    stages: tuple[str, ...]


PHASES = (
    Phase(1, "preflight", "gate", ("check_preflight",)),
    Phase(2, "audience_risk", "deterministic", ("assess_audience",)),
    Phase(3, "performance_analysis", "deterministic", ("analyse_performance",)),
    Phase(4, "slot_allocation", "deterministic", ("allocate_slots",)),
    Phase(5, "variety_enforcement", "gate", ("enforce_variety",)),
    Phase(6, "performance_prediction", "deterministic", ("predict_performance",)),
    Phase(7, "copy_selection", "model", ("select_copy", "score_attention")),
    Phase(8, "timing", "deterministic", ("time_posts",)),
    Phase(9, "followups", "deterministic", ("add_followups",)),
    Phase(10, "authenticity", "deterministic", ("vary_structure",)),
    Phase(11, "assembly", "deterministic", ("assemble_week",)),
    Phase(12, "value_optimisation", "model", ("optimise_placement", "set_prices", "critique_strategy")),
    Phase(13, "quality_validation", "model", ("judge_quality",)),
    Phase(14, "certify_and_save", "deterministic", ("check_anomalies", "save_schedule")),
)
"""In order."""
