"""What is wrong with a batch of episodes, found before anything is made: in the spec, its show, topics and notes."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.complaints import Place, Problem
from tasks.errors import PressroomError
from tasks.llm.routing import assign_models
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.planning import items_of
from tasks.podcast.research import check_engine
from tasks.podcast.research.survey import folder_of
from tasks.podcast.show import Show
from tasks.podcast.shows import show_of
from tasks.podcast.topics import Asked, asked
from tasks.speech.voices import check_voice
from tasks.yaml_lines import Lines


def check_podcast(batch: PodcastBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem: of the show, of each episode, of the notes, of models and voices."""
    yield from _Checks(batch, file, text).problems()


class _Checks:
    """One look at a batch."""

    def __init__(self, batch: PodcastBatch, file: str, text: str) -> None:
        self._batch = batch
        self._file = file
        self._lines = Lines(text)

    def problems(self) -> Iterator[Problem]:
        """Yield them; where show or topics cannot be read at all, nothing else is known."""
        try:
            show = show_of(self._batch)
        except PressroomError as error:
            yield self._at(error, ("show",))
            return
        yield from self._of_voices(show)
        try:
            episodes = asked(self._batch)
        except PressroomError as error:
            yield self._at(error, ("topics_file",))
            return
        yield from self._of_episodes(episodes)
        try:
            if self._batch.search is not None:
                check_engine(self._batch.search)
            else:
                folder_of(self._batch.notes, self._batch.base_dir)
        except PressroomError as error:
            yield self._at(error, ("search" if self._batch.search is not None else "notes",))
        yield from self._of_models()

    def _of_episodes(self, episodes: list[Asked]) -> Iterator[Problem]:
        for position, one in enumerate(episodes):
            if one.fault is None:
                continue
            if self._batch.episodes:
                place: Place = ("episodes",)
            else:
                place = ("topics", position) if self._batch.topics else ("topics_file",)
            yield self._at(one.fault, place)

    def _of_voices(self, show: Show) -> Iterator[Problem]:
        for number, host in enumerate(show.hosts):
            if host.voice is None:
                continue
            try:
                check_voice(host.voice)
            except PressroomError as error:
                yield self._at(error, ("show", "hosts", number, "voice"))

    def _of_models(self) -> Iterator[Problem]:
        """Yield what stands in the way of the models that are asked."""
        from tasks.llm.readiness import unready

        field = "model" if self._batch.model is not None else "models"
        items: list[PodcastItem] = items_of(self._batch.model_copy(update={"model": "none"}))
        try:
            assign_models(self._batch, items)
        except PressroomError as refused:
            yield self._at(refused, (field,))
            return
        models = dict.fromkeys(model for item in items if item.fault is None for model in item.models)
        for error in unready(models, "podcast", self._batch.budget):
            yield self._at(error, (field,))

    def _at(self, error: PressroomError, place: Place) -> Problem:
        return Problem.of(error, self._file, self._lines.of(place), ".".join(map(str, place)))
