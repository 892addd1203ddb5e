"""The words of the invented roster."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Niche(NamedTuple):
    """What a page is about."""

    slug: str
    page: str
    thing: str
    people: str
    occasion: str


NICHES = (
    Niche("pottery", "Pottery", "the glaze", "potters", "the kiln opening"),
    Niche("birdwatching", "Birds", "the marsh", "birdwatchers", "the dawn walk"),
    Niche("bread", "Bread", "the sourdough", "bakers", "the baking day"),
    Niche("bookbinding", "Bindery", "the spine", "bookbinders", "the open workshop"),
    Niche("gardening", "Garden", "the raised bed", "gardeners", "the seed swap"),
    Niche("astronomy", "Night Sky", "the telescope", "stargazers", "the star party"),
    Niche("woodwork", "Workbench", "the dovetail", "woodworkers", "the bench day"),
    Niche("cycling", "Bike Shed", "the rear wheel", "riders", "the slow ride"),
)
FIRST_NAMES = (
    *("Ines", "Tomas", "Amara", "Kenji", "Lotte", "Rafael", "Mirjam", "Oskar", "Priya", "Silas", "Yara", "Hugo"),
    *("Noor", "Elias", "Freya", "Mateo", "Anouk", "Dario", "Leila", "Jonas", "Thea", "Ravi", "Maren", "Pablo"),
)
TONES = ("warm", "dry", "playful", "calm", "curious")

_TEXTS = {
    "newsletter": ("What happened around {thing} this week", "The month in three short stories for {people}"),
    "tip": ("One small thing that made {thing} easier", "Before you begin: check {thing} twice"),
    "story": ("How {thing} nearly went wrong, and what saved it", "The first time I tried {thing}, I was sure of it"),
    "announcement": ("Save the date: {occasion} is coming", "Something new starts after {occasion}"),
    "photo": ("{Thing} in the morning light", "Nothing to add today but {thing}"),
    "photo_set": ("Six pictures from {occasion}", "{Thing}, step by step, in pictures"),
    "behind_the_scenes": ("What the table looks like when nobody visits", "The part of {thing} that nobody sees"),
    "throwback": ("{Thing}, five years ago", "I found this one from my first {occasion_bare}"),
    "short_video": ("Thirty seconds with {thing}", "Watch what happens to {thing} overnight"),
    "long_video": ("The whole of {occasion}, unhurried", "An hour with {thing}, from start to end"),
    "tutorial": ("Learn this in ten minutes: {thing}", "Three ways to mend {thing}, the cheap one first"),
    "teaser": ("Guess what {thing} will look like on Friday", "A first glimpse, and no more for now"),
    "live_session": ("Live tonight: ask me anything about {thing}", "Come and sit in while I work on {thing}"),
    "live_reminder": ("In an hour we talk about {thing}", "Bring tea: we start soon"),
    "live_recap": ("What you asked about {thing}, and what I said", "Missed {occasion}? The short form"),
    "question": ("What would you change about {thing}?", "Which mistake taught you most, {people}?"),
    "poll": ("Blue or green for {thing}?", "Early or late: when is {occasion} best for you?"),
    "milestone": ("A thousand days of {thing}", "We are more {people} than chairs now"),
    "thank_you": ("To everybody who came to {occasion}: thank you", "Your letters about {thing} made my week"),
    "offer": ("A place at {occasion} is free", "Until Sunday: the kit for {thing} at the small price"),
    "bundle": ("The book, the tools and {occasion} in one", "All that {people} need to begin, in one box"),
    "member_offer": ("For members first: seats at {occasion}", "Members get the plans for {thing} this week"),
}
_ENDINGS = (
    "",
    ".",
    ", as promised.",
    ". Tell me how yours went.",
    ". No hurry.",
    ", part {part}.",
    " - see you there!",
)


def text_of(random: Random, slot_type: str, niche: Niche) -> str:
    """Return a short text for a slot type."""
    known = {
        "thing": niche.thing,
        "Thing": niche.thing[:1].upper() + niche.thing[1:],
        "people": niche.people,
        "occasion": niche.occasion,
        "occasion_bare": niche.occasion.removeprefix("the "),
    }
    text = random.choice(_TEXTS[slot_type]).format(**known)
    if text.endswith("?"):
        return text
    return text + random.choice(_ENDINGS).format(part=random.randint(2, 9))
