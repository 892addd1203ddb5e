"""A segment's sound is made ready to be joined: as loud as the others, without long silences, and ends in nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speaker import hush, tone

from tasks.podcast.audio.pieces import LEVEL, LONGEST_PAUSE, SHORT_PAUSE, count_clipped, made_ready
from tasks.speech.sound import RATE, SILENT, Samples


def ready(*parts: Samples) -> Samples:
    made = made_ready(np.concatenate(parts))
    assert made is not None
    return made


def longest_silence(samples: Samples) -> float:
    """Seconds of the longest stretch in which nothing is heard."""
    heard = np.flatnonzero(np.abs(samples) >= SILENT)
    return float(np.diff(heard, prepend=-1, append=samples.size).max() / RATE)


@pytest.mark.parametrize("level", [0.004, 0.05, 0.3, 0.99])
def test_every_voice_is_brought_to_one_level(level: float) -> None:
    made = ready(tone(1, level=level), hush(0.3), tone(1, level=level))
    loud = made[RATE // 4 : RATE // 2]
    assert np.sqrt(np.square(loud).mean()) == pytest.approx(LEVEL, rel=0.05)
    assert np.abs(made).max() < 1


def test_a_single_loud_knock_does_not_become_too_loud() -> None:
    knock = tone(2, level=0.01)
    knock[RATE] = 1.0
    assert np.abs(ready(knock)).max() < 1


def test_silence_around_goes_and_long_silence_within_is_cut() -> None:
    made = ready(hush(3), tone(1), hush(5), tone(1), hush(0.8), tone(1), hush(3))
    assert longest_silence(made) == pytest.approx(0.8, abs=0.03)
    assert made.size / RATE == pytest.approx(3 + SHORT_PAUSE + 0.8 + 0.1, abs=0.05)


def test_a_pause_is_left_as_it_is() -> None:
    made = ready(tone(1), hush(LONGEST_PAUSE - 0.1), tone(1))
    assert made.size / RATE == pytest.approx(2 + LONGEST_PAUSE - 0.1, abs=0.02)


def test_it_begins_and_ends_at_nothing_also_where_it_was_cut() -> None:
    made = ready(tone(1, hertz=300), hush(4), tone(1.5, hertz=300), hush(4), tone(1, hertz=300))
    assert made[0] == made[-1] == 0
    assert np.abs(np.diff(made)).max() < 1.05 * LEVEL * 2**0.5 * 2 * np.pi * 300 / RATE


@pytest.mark.parametrize("samples", [hush(0), hush(2), tone(1, level=0.001)])
def test_silence_is_no_segment(samples: Samples) -> None:
    assert made_ready(samples) is None


def test_only_cut_peaks_are_counted_as_clipped() -> None:
    assert count_clipped(tone(1, level=0.99)) == 0
    assert count_clipped(np.array([0, 1, 0, -1, 1, 0], dtype=np.float32)) == 0
    assert count_clipped(np.array([0, 1, 1, 1.2, 0, -1, -1, -1, -1], dtype=np.float32)) == 7
    assert count_clipped(hush(0)) == 0


@given(st.lists(st.tuples(st.floats(0.001, 3.0), st.floats(0.0, 1.2)), min_size=1, max_size=6))
def test_whatever_comes_in_no_silence_is_long_and_no_end_is_loud(stretches: list[tuple[float, float]]) -> None:
    made = made_ready(np.concatenate([tone(seconds, level=level) for seconds, level in stretches]))
    if made is not None:
        assert longest_silence(made) < 1.2
        assert abs(made[0]) < 0.01
        assert abs(made[-1]) < 0.01
        assert np.abs(made).max() < 1
