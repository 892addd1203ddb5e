"""Presets: how a batch of a size is run, and what its source says that takes and costs."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

AT_ONCE = {"research": 5, "script": 3, "gates": 1, "audio": 2}
"""Episodes at once in each phase."""
IN_MEMORY = 10
"""Episodes at work at once, in whatever phase."""
PHASES = {
    "research": ("find_sources", "research"),
    "production": ("write_script", "pass_gates", "repair_script"),
    "audio": ("synthesize", "package_episode"),
}
"""Stages by the phase that the source counts them to."""
CAPS_USD = {"research": 1.50, "script": 2.30, "audio": 2.80, "total": 5.00}
"""Money an episode may take, by phase and in all."""


class Preset(StrEnum):
    """A size of batch."""

    SMALL = "small"
    """To 10 episodes: to try and to check."""
    MEDIUM = "medium"
    """To 50: a week's work."""
    LARGE = "large"
    """More: a season."""


class Strategy(StrEnum):
    """In which order episodes go through the phases."""

    PARALLEL_RESEARCH = "parallel_research"
    """Research side by side; then script, gates and audio of one episode at a time."""
    QUEUED_PRODUCTION = "queued_production"
    """Research side by side; script and gates of one episode at a time, first in, first out; audio beside that."""
    FULL_PIPELINE = "full_pipeline"
    """Each episode moves on as soon as it can."""


class Expected(NamedTuple):
    """What a preset of so many episodes is expected to take."""

    strategy: Strategy
    episodes: int
    hours: tuple[float, float]
    usd: tuple[float, float]


PRESETS = {
    Preset.SMALL: Expected(Strategy.PARALLEL_RESEARCH, 10, (3, 4), (40, 50)),
    Preset.MEDIUM: Expected(Strategy.QUEUED_PRODUCTION, 50, (12, 16), (200, 250)),
    Preset.LARGE: Expected(Strategy.FULL_PIPELINE, 125, (36, 48), (500, 625)),
}


def preset_for(episodes: int) -> Preset:
    """Return the smallest preset that has room for so many episodes."""
    fitting = (preset for preset, expected in PRESETS.items() if episodes <= expected.episodes)
    return next(fitting, Preset.LARGE)
