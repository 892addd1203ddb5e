"""Whether a text is in the language that was asked for.

Letters tell it where a language has a script of its own, as Thai has. Where several share one, a naive Bayes model
(py3langid, 140 languages) looks at stretches of some 100 letters. Both only speak against a text where they are sure:
a text that is sent back for nothing costs money.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from tasks.prose.languages import BY_CHARACTER, LATIN, SCRIPTS, base_of, letters_by_script, scripts_of
from tasks.words import percent

LEAST_SHARE = 0.8
"""Share of its letters that a text has to have in its language. The rest may be names, or a song in another one."""
STRETCH = 100
"""Characters that are looked at together, and half as many in Chinese and Japanese. Of 32,686 such stretches of 14
books in seven languages the model spoke against 4."""
_FEWEST_LETTERS = 20
"""Fewer letters say nothing of a script: they may be a name."""
_FEWEST_TO_READ = 60
"""Fewer letters say nothing of a language."""
_WEIGHTS = {"CJK": 3, "HIRAGANA": 2, "KATAKANA": 2, "HANGUL": 2}
"""Letters that say as much as several of an alphabet: half a story in Chinese has a fourth of its letters."""
_UNLIKELY = 0.02
"""Probability under which a stretch is not in a language."""
_AKIN = (
    frozenset({"hr", "bs", "sr"}),
    frozenset({"id", "ms"}),
    frozenset({"no", "nn", "da"}),
    frozenset({"zh", "wuu"}),
)
"""Languages that the model takes for each other, so that each of them passes for the others."""


class InLanguage(NamedTuple):
    """A text's letters, weighed by how much each says: those in a language, and others by what they seem to be."""

    own: int
    elsewhere: Counter[str]

    @property
    def share(self) -> float:
        """Share of them that are in the language, 0 to 1; 1 where nothing can be told."""
        letters = self.own + self.elsewhere.total()
        return self.own / letters if letters else 1.0

    @property
    def fault(self) -> str | None:
        """What speaks against its being in the language, such as `51 % of it reads as 'en'`; None: nothing does."""
        letters = self.own + self.elsewhere.total()
        if letters < _FEWEST_LETTERS or self.share >= LEAST_SHARE:
            return None
        ((what, number),) = self.elsewhere.most_common(1)
        return f"{percent(number, letters)} % of it {what}"


def language_share(text: str, language: str) -> float:
    """Return the share of a text's letters that are in a language, 0 to 1; 1 where nothing can be told."""
    return look_at_language(text, language).share


def fault_in_language(text: str, language: str) -> str | None:
    """Say what speaks against a text's being in a language, such as `51 % of it reads as 'en'`; None: nothing does."""
    return look_at_language(text, language).fault


def look_at_language(text: str, language: str) -> InLanguage:
    """Count a text's letters by whether they are in a language.

    Nothing can be told of a text without letters. A text of under 60 letters is judged by its script alone, and so is a
    language that the model does not know. The two ways to write Chinese, and regions, are not told apart.
    """
    scripts = _weighed(text)
    elsewhere = Counter({_written(name): scripts.pop(name) for name in scripts.keys() - scripts_of(language)})
    if scripts.total() < _FEWEST_TO_READ or not _is_shared(language):
        return InLanguage(scripts.total(), elsewhere)
    own = 0
    for stretch in _stretches(text, STRETCH // 2 if base_of(language) in BY_CHARACTER else STRETCH):
        letters = sum(number for script, number in _weighed(stretch).items() if script in scripts)
        other = _other_language(stretch, base_of(language))
        if other:
            elsewhere[f"reads as {other!r}"] += letters
        else:
            own += letters
    return InLanguage(own, elsewhere)


def _weighed(text: str) -> Counter[str]:
    return Counter({script: _WEIGHTS.get(script, 1) * number for script, number in letters_by_script(text).items()})


def _written(script: str) -> str:
    return f"is written in {script.capitalize()} letters" if script != "CJK" else "is written in Chinese characters"


@cache
def _is_shared(language: str) -> bool:
    """Say whether another language has a script of this one's too."""
    base, own = base_of(language), scripts_of(language)
    return own == LATIN or any(own & scripts for other, scripts in SCRIPTS.items() if other != base)


def _stretches(text: str, size: int) -> list[str]:
    """Cut a text into stretches; what is left at its end goes with the last one."""
    plain = " ".join(text.split())
    most = max(1, len(plain) // size)
    return [plain[size * n : None if n == most - 1 else size * (n + 1)] for n in range(most)]


def _other_language(stretch: str, base: str) -> str:
    """Return the language that a stretch is in if it cannot be the one asked for; nothing if it may be."""
    ranked = dict(_model().rank(stretch))
    if base not in ranked:
        return ""
    akin = next((group for group in _AKIN if base in group), frozenset({base}))
    is_ours = sum(ranked.get(one, 0.0) for one in akin) >= _UNLIKELY
    return "" if is_ours else str(next(iter(ranked)))


_loading = Lock()


def _model() -> Any:
    """Return the model, which is loaded once: of threads that ask for it at once each would load one of its own."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Any:
    """Load the model: half a second and 75 MB, once in a process, and never for a language that its script tells."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
