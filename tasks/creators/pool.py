"""To be written."""

from __future__ import annotations


class Pool:
    """To be written."""

    default = 3
    cap = 5

    def parallelism(self) -> int:
        """To be written."""
        return self.default


def pool() -> Pool:
    """To be written."""
    return Pool()
