"""A season of 125 episodes of a 48-hour plan, in scaled time: an hour is a second.

Flow, runner, window, ledger, checkpoints and reports are the real ones; what providers do in a stage is stood in for by
waiting as long as they take. The binding stage is audio: two at once, 45 minutes an episode.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from lab import HERE, Row, answer, in_child, peak_megabytes

EPISODES = 125
MINUTES = {"research": 40, "write_script": 30, "pass_gates": 10, "synthesize": 45}
"""What providers take for an episode."""
SCALE = 1 / 3600
BINDING, AT_ONCE = "synthesize", 2


def rows() -> list[Row]:
    """Make the season."""
    found = in_child("podcast.py")
    work = 60 * SCALE * MINUTES[BINDING] * EPISODES / AT_ONCE
    # The first episode comes to the binding stage once the others are behind it.
    ideal = work + 60 * SCALE * (sum(MINUTES.values()) - MINUTES[BINDING])
    made = f"{found['wall']:.1f} s for {found['wall'] / SCALE / 3600:.1f} h, ideal {ideal:.1f} s"
    busy = EPISODES * 60 * SCALE * MINUTES[BINDING] / (AT_ONCE * found["span"])
    return [
        Row(f"{EPISODES} episodes of a 48-hour plan: seconds against 60", found["wall"] / 60, "<= 1", made),
        Row("the same: parallel efficiency", ideal / found["wall"], ">= 0.95", "source 0.85"),
        Row(
            "the same: utilisation of the binding stage", busy, ">= 0.97", f"audio, {found['span']:.1f} s; source 0.92"
        ),
        Row(
            "the same: peak memory against 10 episodes",
            found["peak"] / found["few"],
            "<= 1.2",
            f"{found['peak']:.0f} MB",
        ),
    ]


def measure() -> None:
    """Run the batch and say what it took."""
    sys.path.insert(0, str(HERE.parent))
    import flows.podcast
    from tasks.podcast.episode import Topic

    sys.path.insert(0, str(HERE))
    import podcast_stages

    vars(flows.podcast)["stages"] = podcast_stages
    topics = [Topic(episode=number, title=f"Topic {number}") for number in range(1, EPISODES + 1)]
    run("warm", topics[:10])
    few = peak_megabytes()
    wall = run("season", topics)
    answer(wall=wall, span=span_of("season"), few=few, peak=peak_megabytes())


def run(batch_id: str, topics: list[Any]) -> float:
    """Run one batch; return its wall clock, in seconds."""
    from kinds import quick

    from flows.podcast import podcast
    from tasks.podcast.models import PodcastBatch
    from tasks.podcast.show import Show

    batch = PodcastBatch.model_validate(
        {
            **{"batch_id": batch_id, "show": Show(title="Coast Lights"), "topics": topics, "model": "none"},
            **{"preset": "large", "reuse": "never", "canary": 0},
        }
    )
    with quick():
        started = time.monotonic()
        result = podcast(batch)
        wall = time.monotonic() - started
    assert result.successful == len(topics), result.counts
    return wall


def span_of(batch_id: str) -> float:
    """Return how long it is from the binding stage's first start to its last end, in seconds."""
    from tasks.ledger.store import Ledger
    from tasks.settings import settings

    ledger = Ledger(settings())
    query = (
        "SELECT min(started_at) AS first, max(started_at + run_seconds) AS last FROM stage_run"
        " WHERE batch_id = ? AND stage = ?"
    )
    (row,) = ledger.execute(query, (batch_id, BINDING))
    ledger.close()
    return float(row["last"] - row["first"])


if __name__ == "__main__":
    measure()
