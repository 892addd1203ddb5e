"""Which item makes which output, so that no item of a batch overwrites another's."""

from __future__ import annotations

from tasks.errors import fault


class Claims:
    """The output paths of a batch and who makes each."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def add(self, made: dict[str, str]) -> None:
        """Take over the paths that items made in an earlier run of the batch."""
        self._made.update(made)

    def claim(self, path: str, item_id: str) -> None:
        """Reserve a path for an item, or refuse with OUTPUT_CONFLICT."""
        other = self._made.setdefault(path, item_id)
        if other != item_id:
            raise fault("OUTPUT_CONFLICT", item_id=item_id, path=path, other=other)
