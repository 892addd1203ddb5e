"""How paths are written for people."""

from __future__ import annotations

import os
from pathlib import Path


def shown_path(path: Path | str) -> str:
    """Write a path as seen from the current folder, where that is shorter."""
    whole = os.fspath(path)
    try:
        near = os.path.relpath(whole)
    except ValueError:  # another drive
        return whole
    return near if len(near) < len(whole) else whole
