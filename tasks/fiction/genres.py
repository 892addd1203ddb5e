"""Genres that are known, what each asks of a text, and the model that the source sends each to."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.complaints import nearest
from tasks.errors import fault

GENRES: dict[str, str] = {
    "romantic-comedy": "light, quick dialogue, misunderstandings that end well, warmth",
    "fantasy": "a world with rules of its own, wonder, stakes beyond one person",
    "horror": "dread that grows, senses, what is not shown",
    "mystery": "a question from the first page, clues that are fair, doubt about people",
    "bl-gl": "a slow closeness of two people, feelings told by what they do",
    "romance": "a closeness that is hard won, feelings on the page",
    "science-fiction": "an idea that changes how people live, and what follows from it",
    "thriller": "a danger with a clock, short scenes, turns",
    "adventure": "a way with obstacles, courage, places",
    "historical": "a time that can be smelt and heard, people of their time",
    "drama": "people who want what they cannot both have",
    "comedy": "people who take themselves too seriously, timing",
    "slice-of-life": "small things that matter, calm, exact observation",
    "children": "clear sentences, a child's view, an end that comforts",
}
"""Genres and what a text of each is known by."""

ROUTES = {
    "romantic-comedy": "google:gemini-2.5-flash",
    "fantasy": "openai:gpt-4o",
    "horror": "anthropic:claude-haiku-4-5",
    "mystery": "openai:gpt-4o",
    "bl-gl": "anthropic:claude-haiku-4-5",
}
"""Which model the source sends a genre to; others go to the first of the models named."""
FIRST_OF_ROUTES = "google:gemini-2.5-flash"
"""Where it sends the genres that it does not list."""


def known_by(genre: str) -> str:
    """Say what a text of a genre is known by; nothing for an author's own genre."""
    return GENRES.get(genre, "")


def check_genre(project_id: str, genre: str, own: Sequence[str]) -> None:
    """Refuse a genre that nobody knows with GENRE_UNKNOWN."""
    known = [*GENRES, *own]
    if genre not in known:
        meant = nearest(genre, known)
        hint = f"{meant} " if meant else f"Known: {', '.join(known)}. "
        raise fault("GENRE_UNKNOWN", project=project_id, genre=genre, hint=hint)
