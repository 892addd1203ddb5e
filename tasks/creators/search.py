"""One search by the solver: always the same answer to the same model, however fast the machine is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar, LinearExpr

UNITS = 10_000
"""What the dearest single decision counts in a model: the solver reckons in whole numbers."""
EFFORT = 4.0
"""Longest search, in the solver's own seconds, which count steps and are of the order of real ones."""
NEAR_ENOUGH = 0.001
"""A solution whose distance from the proven bound is no larger share of it is not searched further."""


class Terms:
    """What a model's objective is the sum of, in posts of the level of whoever's week it is."""

    def __init__(self) -> None:
        self._variables: list[IntVar] = []
        self._worth: list[float] = []

    def add(self, variable: IntVar, dollars: float, *, level: float) -> None:
        """Let each unit of a variable bring so much, in the week of somebody with this level."""
        self._variables.append(variable)
        self._worth.append(dollars / level)

    def total(self) -> LinearExpr:
        """Return the sum in whole units."""
        from ortools.sat.python.cp_model import LinearExpr

        unit = UNITS / max([1e-9, *map(abs, self._worth)])
        return LinearExpr.weighted_sum(self._variables, [round(unit * worth) for worth in self._worth])


def search(model: CpModel, terms: Terms, seed: int) -> CpSolver | None:
    """Make the sum of the terms as large as can be; none where nothing fits.

    One worker and the solver's own clock: both make the answer a function of the model alone.
    """
    from ortools.sat.python.cp_model import FEASIBLE, OPTIMAL, CpSolver

    model.maximize(terms.total())
    solver = CpSolver()
    solver.parameters.num_workers = 1
    # Else it takes over what Ctrl-C does to the process, which then dies without closing its batch.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.relative_gap_limit = NEAR_ENOUGH
    # The rules are nearly a flow, of which the linear relaxation says most.
    solver.parameters.linearization_level = 2
    return solver if solver.solve(model) in (OPTIMAL, FEASIBLE) else None


def total(variables: Iterable[IntVar]) -> LinearExpr:
    """Return a sum of variables, built in one step."""
    from ortools.sat.python.cp_model import LinearExpr

    return LinearExpr.sum(list(variables))
