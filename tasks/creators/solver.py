"""The solver of phase 12: the best places and contents of one week, or of a group's weeks at once.

Two searches by OR-Tools' CP-SAT: the first chooses, the second pairs. Where not all that is asked for fits, the peak
hours need not be shared out; the rules of each week always hold.
"""

from __future__ import annotations

from tasks.creators.choosing import choose
from tasks.creators.pairing import pair
from tasks.creators.problem import GroupProblem, Solution
from tasks.limiters import LoopLimiter

AT_ONCE = 2
"""Searches at once in this process: each keeps a core busy."""
_limiter = LoopLimiter("creators-solver")


async def solve_apart(problem: GroupProblem) -> Solution | None:
    """Solve in a thread, under a limit of its own; the search itself holds up nobody."""
    return await _limiter.apart(AT_ONCE, solve, problem)


def solve(problem: GroupProblem) -> Solution | None:
    """Solve all weeks together; none where no way of easing what is asked for helps."""
    for share_peaks in (True, False) if problem.at_peak else (False,):
        chosen = choose(problem, share_peaks=share_peaks)
        if chosen is None:
            continue
        weeks = pair(problem, chosen)
        if weeks is not None:
            return Solution(weeks=weeks, peaks_held=share_peaks or not problem.at_peak)
    return None
