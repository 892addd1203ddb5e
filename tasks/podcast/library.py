"""The library: where the episodes of a show lie, so that its feed finds all of them.

<output_dir>/<show>/feed.xml
                    cover.jpg
                    ep_007/ep_007.mp3
                           script.json, gates.json, dossier.json ...
                           waiting-<batch_id>/     what waits for a person, so that what is published stays as it is
"""

from __future__ import annotations

import re
from pathlib import Path

from tasks.errors import fault
from tasks.files import path_below, read_text
from tasks.podcast.models import PodcastItem

GATES = "gates.json"
"""What the gates say of an episode, in its folder."""
TITLE = ".show"
"""The title of the show whose folder it is: two titles may come to the same name of a folder."""
_UNFIT = re.compile(r"[^\w]+")


class Shelf:
    """A show's folder in the library; a place in it from which a link leads out of the library is PATH_OUTSIDE."""

    def __init__(self, root: Path, title: str) -> None:
        self.title = title
        self._root = root
        self._name = _UNFIT.sub("-", title.casefold()).strip("-")[:60] or "show"

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._place()

    def take_possession(self) -> None:
        """Write down whose folder it is; SHOW_FOLDER_TAKEN where another show was faster."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with (self.folder / TITLE).open("x", encoding="utf-8") as file:
                file.write(self.title)
        except FileExistsError:
            self.refuse_another()

    def refuse_another(self) -> None:
        """Raise SHOW_FOLDER_TAKEN where it is the folder of a show with another title."""
        marker = self._place(TITLE)
        other = read_text(marker).strip() if marker.exists() else ""
        if other and other != self.title.strip():
            raise fault("SHOW_FOLDER_TAKEN", path=str(self.folder), other=other, title=self.title)

    def episode(self, number: int) -> Path:
        """The folder of an episode."""
        return self._place(name_of(number))

    def waiting(self, number: int, batch_id: str) -> Path:
        """The folder of an episode that is not published, or not yet."""
        return self._place(name_of(number), f"waiting-{batch_id}")

    def take(self, number: int, batch_id: str) -> Path:
        """An episode's audio before it is published."""
        return self._place(name_of(number), f"waiting-{batch_id}", f"{name_of(number)}.mp3")

    def audio(self, number: int) -> Path:
        """An episode's finished audio."""
        return self._place(name_of(number), f"{name_of(number)}.mp3")

    def _place(self, *parts: str) -> Path:
        return path_below(self._root, self._name, *parts)


def name_of(number: int) -> str:
    """Name an episode in a batch, as its source does."""
    return f"ep_{number:03d}"


def shelf_of(item: PodcastItem) -> Shelf:
    """Return where the episodes of an item's show lie."""
    return Shelf(item.output_root, item.show.title)
