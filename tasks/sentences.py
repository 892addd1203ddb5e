"""Plain sentences that stand for a spec or a command: a small, exact grammar, and no guessing.

    Generate a schedule for orchard_notes         the spec that creators' sentences stand for
    Retry the failed items of batch weekly        `pressroom retry weekly`

A kind lists its sentences in a hook of its `spec.py` (`sentences`, see `tasks/specs.py`). One is understood when
every word of it has its place in a pattern and all patterns that fit mean the same; any other is refused with
the nearest one of the kind that it speaks of. Names are taken letter for letter, so that nothing is ever made but what
stands in the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tasks.errors import PressroomError, fault
from tasks.models import JsonObject
from tasks.sentence_patterns import Found, Reader, Step, Text, compiled
from tasks.sentence_words import in_quotes, words_of

LETTERS = 500
"""Letters of a sentence that are compared with the forms; a longer one is told by its beginning."""
WORDS = 50
"""Words that are, likewise."""
QUOTED = 5
"""Words of a sentence at most that are put in quotes to see whether it can be understood then."""


class Command(NamedTuple):
    """A command that a sentence stands for, and what is said to it."""

    name: str
    about: Found


class UnclearError(Exception):
    """A sentence that fits a form and still does not say enough: why, and what would have to follow it."""

    def __init__(self, why: str, lacking: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.lacking = lacking


@dataclass(frozen=True)
class Form:
    """A form of sentences."""

    pattern: str
    """See `tasks/sentence_patterns.py`."""
    example: str
    means: Callable[[Found], JsonObject | Command]
    """Returns the spec or the command, from the values in the sentence and the tails that it has."""
    tails: Mapping[str, str] = field(default_factory=dict)
    """Patterns that may follow, each once and in any order, by the name under which `means` finds that one does."""
    readers: Mapping[str, Reader] = field(default_factory=dict)
    """Readers of this form's own."""
    nouns: frozenset[str] = frozenset()
    """Words by which one knows what is wanted, in or out of the pattern: who says one of them means nothing else."""

    @property
    def written(self) -> str:
        """The pattern with its tails, for people."""
        return " ".join([self.pattern, *(f"[{tail}]" for tail in self.tails.values())])

    def fit(self, text: Text) -> Iterator[Found]:
        """Yield the values of each way in which the whole sentence fits."""
        for place, found in self._step(text, 0):
            for more in _followed(text, place, self._tails):
                yield found | more

    @cached_property
    def _step(self) -> Step:
        return compiled(self.pattern, self.readers)

    @cached_property
    def _tails(self) -> dict[str, Step]:
        return {name: compiled(f"[,] {tail}", self.readers) for name, tail in self.tails.items()}


def _followed(text: Text, place: int, tails: Mapping[str, Step]) -> Iterator[Found]:
    if place == len(text.words):
        yield {}
        return
    for name, tail in tails.items():
        rest = {other: step for other, step in tails.items() if other != name}
        for after, found in tail(text, place):
            for more in _followed(text, after, rest):
                yield {name: True} | found | more


def _retry(found: Found) -> Command:
    if "batch" in found and "is_last" in found:
        raise UnclearError("it names two batches")
    return Command("retry", found)


FORMS: Sequence[Form] = (
    Form(
        "retry [just|only] [the] failed [item(s)|one(s)|config(s)|document(s)|schedule(s)|creator(s)]",
        "Retry the failed items",
        _retry,
        {"batch": "of|from|in [the] batch {batch:name}", "is_last": "of|from|in the last|latest|previous batch"},
        nouns=frozenset({"retry", "failed"}),
    ),
)
"""Sentences about any kind's batches."""


def is_sentence(argument: str) -> bool:
    """Say whether what stands where a spec is expected can be a sentence; a file of that name goes first."""
    return any(sign.isspace() for sign in argument.strip())


def forms_of(modules: Iterable[object]) -> list[Form]:
    """Return all forms there are, those of the kinds first; `modules` are the kinds' `spec.py`."""
    return [*(form for module in modules for form in own_forms(module)), *FORMS]


def own_forms(module: object) -> Iterable[Form]:
    """Return the forms of one kind."""
    hook: Callable[[], Iterable[Form]] | None = getattr(module, "sentences", None)
    return hook() if hook is not None else ()


def read_sentence(sentence: str, forms: Sequence[Form], commands: Sequence[str] = ()) -> JsonObject | Command:
    """Return the one thing that a sentence means; SENTENCE_UNCLEAR when that is none or several.

    `commands` are those there are: one that begins with the name of a command was perhaps meant for it.
    """
    text = Text(sentence)
    meanings, unclear = _meanings(text, forms)
    if len(meanings) == 1 and unclear is None:
        return meanings[0]
    if unclear is not None and not meanings:
        raise _lacking(sentence, unclear)
    why = "it can mean more than one thing" if meanings else _where(text)
    hint = f"{'' if meanings else _to_quote(sentence, text, forms)}{_nearest(sentence, text, forms, commands)}"
    raise fault("SENTENCE_UNCLEAR", sentence=sentence, why=why, hint=hint)


def _meanings(text: Text, forms: Sequence[Form]) -> tuple[list[JsonObject | Command], UnclearError | None]:
    """Return all that a sentence can mean, and what a form that it fits finds unclear in it."""
    meanings: list[JsonObject | Command] = []
    unclear: UnclearError | None = None
    for form in forms:
        for found in form.fit(text):
            try:
                meaning = form.means(found)
            except UnclearError as error:
                unclear = error
                continue
            if meaning not in meanings:
                meanings.append(meaning)
    return meanings, unclear


def _to_quote(sentence: str, text: Text, forms: Sequence[Form]) -> str:
    """Tell to quote the words that are no names without it, where the sentence then has one meaning; else nothing."""
    names: list[str] = []
    while text.words and len(names) < QUOTED:
        place = min(text.reached, len(text.words) - 1)
        word = text.words[place]
        quoted = in_quotes(sentence, place) if word.sort == "word" and not word.is_name else None
        if quoted is None:
            return ""
        sentence, text = quoted, Text(quoted)
        names.append(repr(word.text))
        meanings, unclear = _meanings(text, forms)
        if len(meanings) == 1 and unclear is None:
            are = "is a name, put it" if len(names) == 1 else "are names, put them"
            return f"If {' and '.join(names)} {are} in quotes: {as_command(sentence.strip())}. "
        if text.reached <= place:
            return ""
    return ""


def _lacking(sentence: str, unclear: UnclearError) -> PressroomError:
    hint = "Say it in one of the forms that `pressroom capabilities` lists."
    if unclear.lacking:
        said = sentence.strip().removesuffix(".")
        hint = f"Nearest: {as_command(f'{said} {unclear.lacking}')}."
    return fault("SENTENCE_UNCLEAR", sentence=sentence, why=unclear.why, hint=hint)


def _nearest(sentence: str, text: Text, forms: Sequence[Form], commands: Sequence[str]) -> str:
    """Name the command or the form that was perhaps meant: by what is wanted first, then by words, then by letters."""
    import difflib  # Only who is not understood waits for it.

    if text.words and not text.reached:
        first = text.words[0].text.casefold()
        if near := difflib.get_close_matches(first, commands, n=1, cutoff=0.75):
            return f"Nearest: the command `pressroom {near[0]}`, of which `pressroom {near[0]} --help` tells."
    said = [word.text.casefold() for word in text.words[:WORDS]]
    nouns = frozenset().union(*(form.nouns for form in forms))
    meant = {noun for word in said for noun in difflib.get_close_matches(word, nouns, n=1, cutoff=0.85)}
    by_words = difflib.SequenceMatcher(b=said)
    by_letters = difflib.SequenceMatcher(b=sentence.casefold()[:LETTERS])

    def likeness(form: Form) -> tuple[int, float, float]:
        by_words.set_seq1([word.text.casefold() for word in words_of(form.example)])
        by_letters.set_seq1(form.example.casefold())
        return len(form.nouns & meant), by_words.ratio(), by_letters.ratio()

    return f"Nearest: {as_command(max(forms, key=likeness).example)}. `pressroom capabilities` lists all forms."


def _where(text: Text) -> str:
    """Say how far a sentence was understood."""
    if not text.words:
        return "it is empty"
    if text.reached == len(text.words):
        return "it ends too early"
    word = text.words[text.reached].text
    if text.reached == 0:
        return f"no sentence begins with {word!r}"
    return f"{word!r} does not fit after {text.words[text.reached - 1].text!r}"


def as_command(sentence: str) -> str:
    """Write a sentence as it is given to the command."""
    import shlex

    quoted = f'"{sentence}"' if not set(sentence) & set('"$`\\!') else shlex.quote(sentence)
    return f"`pressroom run {quoted}`"
