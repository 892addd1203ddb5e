"""What a request may come to at most, before it is made.

The tokenizers of vendors can't be asked here, so tokens are estimated from the text, on the safe side: a reservation
that is too large is given back in a moment, one that is too small overruns a limit or a budget.
"""

from __future__ import annotations

import dataclasses
import json
import re
from functools import lru_cache
from typing import Any

from tasks.governor.charges import Charge
from tasks.llm.answers import schema_of
from tasks.llm.prices import cost_of
from tasks.llm.prompts import Prompt, Tuning

_WORDS = re.compile(r"(?:(?<!\S)[A-Z]?[a-z]{1,20}|[A-Z][a-z]{3,19}|(?<![A-Za-z])[a-z]{4,20})(?![a-z])")
_PLAIN_SPACES = re.compile(r" (?=[A-Za-z])")
_LETTERS_A_TOKEN = 2
_FRAME = 64
"""What vendors and chat templates put around messages; the local model's brings a system text of 20 tokens."""
_FORM = 300
"""What vendors say in words of a schema that an answer has to fit."""


def worst_case(model: str, prompt: Prompt, tuning: Tuning, output: type[Any]) -> Charge:
    """Return the most that a request may use; its cost is None where the model's price is not known."""
    schema = schema_of(output)
    tokens = _FRAME + sum(tokens_in(part) for part in (prompt.system, prompt.shared, prompt.own))
    if schema is not None:
        tokens += _FORM + tokens_in(json.dumps(schema, ensure_ascii=False))
    charge = Charge(1, input_tokens=tokens, output_tokens=tuning.max_tokens)
    # What is shared may have to be written to the vendor's cache, which some charge more for.
    written = tokens if prompt.shared else 0
    return dataclasses.replace(charge, cost_usd=cost_of(model, charge, written_tokens=written))


@lru_cache(maxsize=64)
def tokens_in(text: str) -> int:
    """Return at least as many tokens as a text has.

    Two letters of a word are counted as one (English needs half of that), a space before a word as none, and each
    other byte as one: no tokenizer in use makes more than one token of a byte, and of digits, Thai or the letters of a
    random key some come near it. So a word here is what looks like one: short, in small letters.
    """
    words = _WORDS.findall(text)
    letters = sum(map(len, words))
    halves = sum(-(-len(word) // _LETTERS_A_TOKEN) for word in words)
    return halves + len(text.encode(errors="replace")) - letters - len(_PLAIN_SPACES.findall(text))
