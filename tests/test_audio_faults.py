"""What a finished file may not have is told in words, each bound by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.podcast.audio.measuring import NOTHING, audio_faults
from tasks.podcast.episode import Loudness
from tasks.podcast.marks import Marks

GOOD: dict[str, Any] = {
    "seconds": 1200,
    "integrated_lufs": -16.0,
    "true_peak_dbtp": -1.5,
    "longest_silence": 0.8,
    "clipped": 0,
}


def faults(planned: float = 1200, marks: Marks | None = None, **changes: Any) -> list[str]:
    leeway = (marks or Marks()).leeway_seconds(planned / 60)
    return audio_faults(Loudness(**GOOD | changes), planned, leeway)


def test_a_good_file_breaks_nothing() -> None:
    assert faults() == []


@pytest.mark.parametrize("lufs", [-17.0, -15.0])
def test_loudness_may_be_one_unit_off(lufs: float) -> None:
    assert faults(integrated_lufs=lufs) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"integrated_lufs": -17.1}, "-17.1 LUFS"),
        ({"integrated_lufs": -14.9}, "-14.9 LUFS"),
        ({"integrated_lufs": NOTHING}, "LUFS"),
        ({"integrated_lufs": float("nan")}, "LUFS"),
        ({"true_peak_dbtp": -1.0}, "-1.0 dBTP"),
        ({"true_peak_dbtp": 0.3}, "0.3 dBTP"),
        ({"clipped": 1}, "1 samples are clipped"),
        ({"longest_silence": 2.1}, "2.1 s"),
        ({"seconds": 1321}, "1321 s, not 1200 +-120"),
        ({"seconds": 1079}, "1079 s"),
    ],
)
def test_each_bound_is_told_by_itself(changes: dict[str, Any], said: str) -> None:
    (told,) = faults(**changes)
    assert said in told


@pytest.mark.parametrize(
    ("seconds", "planned", "is_good"),
    [(1320, 1200, True), (480, 600, True), (479, 600, False), (72, 60, True), (73, 60, False), (48, 60, True)],
)
def test_short_episodes_may_be_a_fifth_off_and_longer_ones_two_minutes(
    seconds: float, planned: float, is_good: bool
) -> None:
    assert (faults(planned, seconds=seconds) == []) is is_good


def test_who_allows_more_for_a_script_allows_it_for_its_audio_as_well() -> None:
    assert faults(seconds=1430, marks=Marks(leeway_minutes=5)) == []
    assert faults(seconds=1290, marks=Marks(leeway_minutes=1)) == ["it lasts 1290 s, not 1200 +-60"]
