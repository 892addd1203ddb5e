"""A vendor on loopback that writes and judges episodes: dull, but in the form asked for, and of the length.

What its judge says is set by the test: `judgements` in the order in which they are asked for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from model_forms import Json, schema_of
from model_server import ModelServer, Options

from tasks.settings import settings

SENTENCES = (
    "The harbour is quiet in the evening, and the keeper of the light counts every lantern along the wooden railing.",
    "Nobody can say for certain when the tower was built, though the village books speak of a very hard winter.",
    "A narrow stair leads up from the kitchen to the gallery, where the large lens turns slowly above the water.",
    "Sailors who passed the island at night could tell how far it was by counting the seconds between two flashes.",
    "In the museum a careful visitor can still find the old notebook with the daily notes of a former keeper.",
)
"""As easily read as an episode should be."""
QUESTION = "Can you imagine how many people on the water depended on that single flame in an ordinary winter storm?"
_WORDS = re.compile(r"About (\d+) words in all")
_SOURCE = re.compile(r"^- \[(S\d+)\]", re.MULTILINE)
_LINES = re.compile(r"Write lines ([\d, ]+) again")
GOOD: Json = {"voice": 9, "interest": 9, "hook": 9, "clarity": 9, "remarks": [], "unsupported": []}


class Presenter(ModelServer):
    """The vendor: an address in the machine's model settings, as `quay:writer` and `quay:judge`."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Options(**more))
        self.asked: Counter[str] = Counter()
        self.judgements: list[Json] = []
        self.rewritten: list[list[int]] = []

    def set_up(self, home: Path, **more: Any) -> None:
        """Make it known to this machine, as the server `quay`; `more` are further settings of models."""
        home.mkdir(parents=True, exist_ok=True)
        document = {"servers": {"quay": {"address": f"{self.address}/v1"}}, **more}
        (home / "models.yaml").write_text(json.dumps(document))
        settings.cache_clear()

    def answer_to(self, asked: Json, text: str) -> str:
        """Write what is asked for."""
        own, properties = asked["messages"][-1]["content"], (schema_of(asked) or {})["properties"]
        if "lines" in properties:
            self.asked["write"] += 1
            return json.dumps({"lines": list(self._lines(own))})
        if "texts" in properties:
            self.asked["repair"] += 1
            found = _LINES.search(own)
            assert found is not None, own
            numbers = [int(number) for number in found[1].split(",")]
            self.rewritten.append(numbers)
            return json.dumps({"texts": [f"Mended: {SENTENCES[number % 5]}" for number in numbers]})
        self.asked["judge"] += 1
        return json.dumps(self.judgements.pop(0) if self.judgements else GOOD)

    def _lines(self, own: str) -> Any:
        """Say something in turn until it is long enough; one line in four is a question."""
        found = _WORDS.search(own)
        assert found is not None, own
        left, sources, number = int(found[1]), _SOURCE.findall(own), 0
        while left > 8:
            said = QUESTION if number % 4 == 0 else SENTENCES[number % 5]
            cites = [sources[number % len(sources)]] if sources else []
            yield {"speaker": ("Ada", "Ben")[number % 2], "text": said, "cites": cites}
            left -= len(said.split())
            number += 1
