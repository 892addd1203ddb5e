"""Which of the characters a text names, and where.

Where a language has capitals, names are looked for among words, whole or by one of their parts (`Reyes` for
`Alma Reyes`, unless somebody else is called so too). Many languages bend names, so endings may differ. Elsewhere they
are looked for as they are written, since nothing marks where a word ends; in Thai not inside of a longer syllable. A
name that is also a word counts wherever the word stands with a capital (`Grace`), or at all (`แก้ว`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property

from tasks.fiction.story import Character, Characters
from tasks.prose.languages import base_of, has_capitals
from tasks.prose.words import WORD

"""Letters in a row: `Alma's` is two words, as is `Jean-Luc`, in texts and in names alike."""
PLAIN = frozenset(
    {"en", "es", "fr", "it", "pt", "ca", "id", "ms", "vi", "sw", "tl", "nl", "de", "sv", "da", "no", "nn"}
)
"""Languages that do not bend names, but for an `s` at their end."""
TITLES = frozenset(
    (
        "the of de del della der den das von van la le el al bin ibn und y i mr mrs ms miss dr sir lady lord"
        " captain king queen prince princess old young uncle aunt professor doctor father mother sister brother"
        " saint san don doña señor señora herr frau monsieur madame signor signora"
    ).split()
)
"""Words of a name by which nobody is told from another."""
_ADDRESS = re.compile("^(?:นางสาว|เด็กชาย|เด็กหญิง|คุณ|นาย|นาง|พี่|น้อง|ลุง|ป้า|หมอ|ครู)")
_SHORTEST_PART = 3
_SHORTEST_OF_SIGNS = 2
_FULL_NAME = 3
_LONGEST_ENDING = 3


class Names:
    """The names of the characters, as they are looked for in texts of a language."""

    def __init__(self, characters: Characters, language: str) -> None:
        self.characters = characters.characters
        self.language = base_of(language)
        self.has_capitals = has_capitals(language)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Parts of names that name exactly one character, and whom; without capitals."""
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for character in self.characters:
            for name in (character.name, *character.also):
                for part in parts_of(name) if self.has_capitals else written_parts(name, self.language):
                    owners[part].add(character.name)
        return {part: next(iter(names)) for part, names in owners.items() if len(names) == 1}

    @cached_property
    def listed(self) -> dict[str, str]:
        """Those parts as the list writes them, where a language has capitals."""
        names = (name for character in self.characters for name in (character.name, *character.also))
        return {word.casefold(): word for name in names for word in WORD.findall(name) if word.casefold() in self.parts}

    @cached_property
    def known(self) -> frozenset[str]:
        """All words of all names, without capitals."""
        names = (name for character in self.characters for name in (character.name, *character.also))
        return frozenset(word.casefold() for name in names for word in WORD.findall(name))

    def forms_of(self, character: Character) -> list[str]:
        """Return what a character may be called: their names, and parts that are nobody else's."""
        return [character.name, *character.also, *(part for part, name in self.parts.items() if name == character.name)]

    def called(self, name: str) -> Character | None:
        """Return the character whom somebody calls by a name or a part of one."""
        folded = name.casefold()
        for one in self.characters:
            if folded in (form.casefold() for form in (one.name, *one.also)) or self.parts.get(folded) == one.name:
                return one
        return None

    def named_in(self, text: str) -> list[str]:
        """Return the characters whom a text names, in the order of the list."""
        said = _capitalised(text) if self.has_capitals else frozenset()
        return [character.name for character in self.characters if self._is_named(character, text, said)]

    def _is_named(self, character: Character, text: str, said: frozenset[str]) -> bool:
        if not self.has_capitals:
            return any(is_written(name, text, self.language) for name in self.forms_of(character))
        own = [part for part, name in self.parts.items() if name == character.name]
        if any(part in said or self._is_bent(part, said) for part in own):
            return True
        names = (character.name, *character.also)
        folded = text.casefold()
        return any(is_whole(name, text) or (" " in name and is_whole(name.casefold(), folded)) for name in names)

    def _is_bent(self, part: str, said: frozenset[str]) -> bool:
        """Say whether one of some words is a part of a name with another ending."""
        if self.language in PLAIN:
            return f"{part}s" in said
        return any(is_form_of(word, part) for word in said if word not in self.known)


def parts_of(name: str) -> list[str]:
    """Return the words of a name by which alone somebody may be called, without capitals."""
    words = WORD.findall(name)
    parts = [word.casefold() for word in words if word[:1].isupper() and len(word) >= _SHORTEST_PART]
    return [part for part in parts if part not in TITLES]


def written_parts(name: str, language: str) -> list[str]:
    """Return the parts of a name by which alone somebody may be called, where a language has no capitals.

    In Thai without a form of address, in Chinese and Korean without a family name of one sign.
    """
    shortest = _SHORTEST_OF_SIGNS if language in ("zh", "ja", "ko") else _SHORTEST_PART
    parts = [part for word in re.split(r"[\s・·]+", name) for part in (word, _ADDRESS.sub("", word))]
    if language in ("zh", "ko") and len(name) == _FULL_NAME:
        parts.append(name[1:])
    return list(dict.fromkeys(part.casefold() for part in parts if len(part) >= shortest))


def is_form_of(word: str, part: str) -> bool:
    """Say whether a word may be a name with another ending, as `Алмой` is of `Алма`."""
    stem = part[:-1] if len(part) > _SHORTEST_PART else part
    return word.startswith(stem) and len(word) <= len(part) + _LONGEST_ENDING


def is_whole(name: str, text: str) -> bool:
    """Say whether a text has a name as whole words."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum():
            return True
        start = text.find(name, end)
    return False


def is_written(name: str, text: str, language: str) -> bool:
    """Say whether a text has a name in it, not counting where a sign behind it makes it another syllable."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if not (language in ("th", "lo") and _goes_on(text[end : end + 1])):
            return True
        start = text.find(name, end)
    return False


def count_words_of(paragraphs: Iterable[str]) -> Counter[str]:
    """Count how often each word stands in a text, as it is written."""
    return Counter(word for paragraph in paragraphs for word in WORD.findall(paragraph))


def _capitalised(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in set(WORD.findall(text)) if word[:1].isupper())


def _goes_on(letter: str) -> bool:
    """Say whether a letter belongs to the syllable before it: a sign above or below, or a vowel written behind."""
    return bool(letter) and (unicodedata.category(letter) == "Mn" or letter in "ะาำๅະາຳ")
