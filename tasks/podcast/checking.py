"""What is wrong with a batch of episodes, found before anything is made: in the spec, its show, topics and notes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tasks.complaints import MOST, Place, Problem, Remark
from tasks.errors import PressroomError, fault
from tasks.llm.routing import assign_models
from tasks.podcast.caps import HEADING
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.planning import items_of
from tasks.podcast.research import check_engine
from tasks.podcast.research.notes import unread_of
from tasks.podcast.show import Show
from tasks.podcast.shows import show_of, topics_file_of
from tasks.podcast.topics import Asked, asked, faulty_topics
from tasks.settings import settings
from tasks.speech.names import split_voice
from tasks.speech.voices import check_voice, cost_of_speech, default_voices
from tasks.yaml_lines import Lines


def check_podcast(batch: PodcastBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem: of the show, of each episode, of the notes, of models and voices."""
    yield from _Checks(batch, file, text).problems()


def remarks_on_notes(batch: PodcastBatch) -> Iterator[Remark]:
    """Say what of a batch's notes is not read, where there are others that episodes are made from."""
    if batch.search is not None:
        return
    try:
        unread = unread_of(batch.notes, batch.base_dir)
    except PressroomError:  # That is a problem, and told as one.
        return
    if unread:
        yield Remark("", "notes", tuple(unread), HEADING)


class _Checks:
    """One look at a batch."""

    def __init__(self, batch: PodcastBatch, file: str, text: str) -> None:
        self._batch = batch
        self._file = file
        self._lines = Lines(text)

    def problems(self) -> Iterator[Problem]:
        """Yield them; where show or topics cannot be read at all, of what they would name nothing is known."""
        try:
            show = show_of(self._batch)
        except PressroomError as error:
            yield self._at(error, ("show",))
            return
        yield from self._of_voices(show)
        yield from self._of_research()
        try:
            faulty = list(self._of_entries())
            episodes = asked(self._batch) if not faulty else []
        except PressroomError as error:
            yield self._at(error, ("topics_file",))
            return
        yield from faulty
        if not faulty:
            yield from self._of_episodes(episodes)
            yield from self._of_models()

    def _of_research(self) -> Iterator[Problem]:
        field = "search" if self._batch.search is not None else "notes"
        try:
            if self._batch.search is not None:
                check_engine(self._batch.search)
            else:
                unread_of(self._batch.notes, self._batch.base_dir)
        except PressroomError as error:
            yield self._at(error, (field,))

    def _of_entries(self) -> Iterator[Problem]:
        """Yield what is wrong with entries of a list that lies in a file of its own, in its lines."""
        if self._batch.topics:
            return
        path = topics_file_of(self._batch)
        for one in islice(faulty_topics(path), MOST):
            yield Problem.of(one.error, str(path), one.line, one.entry)

    def _of_episodes(self, episodes: list[Asked]) -> Iterator[Problem]:
        for position, one in enumerate(episodes):
            if one.fault is None:
                continue
            if self._batch.episodes:
                place: Place = ("episodes" if self._batch.starting_episode is None else "starting_episode",)
            else:
                place = ("topics", position) if self._batch.topics else ("topics_file",)
            yield self._at(one.fault, place)

    def _of_voices(self, show: Show) -> Iterator[Problem]:
        for number, host in enumerate(show.hosts):
            if host.voice is None:
                continue
            try:
                check_voice(host.voice)
                self._check_price(host.voice)
            except PressroomError as error:
                yield self._at(error, ("show", "hosts", number, "voice"))
        if all(host.voice is not None for host in show.hosts):
            return
        try:
            default_voices(show.language, len(show.hosts))
        except PressroomError as error:
            yield self._at(error, ("show", "language"))

    def _check_price(self, voice: str) -> None:
        budget = self._batch.budget
        if (budget.batch_usd or budget.item_usd) is not None and cost_of_speech(voice, "a") is None:
            raise fault("PRICE_UNKNOWN", model=split_voice(voice).lane, path=str(settings().models_path))

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
