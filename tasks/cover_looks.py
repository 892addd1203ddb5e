"""How a cover that is drawn looks: each title has its own colours and shapes, and always the same."""

from __future__ import annotations

import hashlib

_PALETTES = (
    ("#1d3557", "#f1e9da", "#e9b872", "#2c4a73"),
    ("#2d3a3a", "#f4efe6", "#d98e73", "#43544f"),
    ("#3b2c4a", "#f3ecf0", "#e3b5a4", "#55416b"),
    ("#7a3b2e", "#faf1e4", "#f0c987", "#94503f"),
    ("#20463c", "#f2efe2", "#d9c27e", "#30604f"),
    ("#e9e1d1", "#2b2a33", "#b5533c", "#d5c8b0"),
    ("#dfe6e4", "#22343c", "#3f7d76", "#c3d1ce"),
    ("#16202e", "#e8e6e1", "#8fb3c9", "#26374d"),
)
"""Ground, letters, what stands out, and what stands back; letters are well to be read on both others."""


def looks_of(title: str) -> dict[str, object]:
    """Return what a template of a cover is to be told: `colours` by name, and `chance`, numbers from 0 to 1."""
    seed = hashlib.sha256(title.encode()).digest()
    names = ("ground", "letters", "bright", "dim")
    colours = dict(zip(names, _PALETTES[seed[0] % len(_PALETTES)], strict=True))
    return {"colours": colours, "chance": [byte / 255 for byte in seed[1:]]}
