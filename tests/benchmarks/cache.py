"""How much of a shared beginning the local model's prompt cache serves, in a batch and one by one."""

from __future__ import annotations

import sys
from pathlib import Path

from lab import HERE, Row, answer, in_child

ITEMS = 12


def rows() -> list[Row]:
    """Run a batch whose items share a beginning of several hundred tokens, and the same items each by itself."""
    batch, alone = in_child("cache.py", "batch"), in_child("cache.py", "alone")
    made_of = f"{batch['cached']:.0f} of {batch['input']:.0f} tokens of input, {ITEMS} items"
    saved = 1 - (batch["input"] - batch["cached"]) / (alone["input"] - alone["cached"])
    read = f"{batch['input'] - batch['cached']:.0f} tokens read against {alone['input'] - alone['cached']:.0f}"
    return [
        Row(
            "shared context on the local model: input from the cache",
            batch["cached"] / batch["input"],
            ">= 0.5",
            made_of,
        ),
        Row("the same: input not read again, against one-by-one runs", saved, "measured", read),
    ]


def measure(mode: str) -> None:
    """Run one batch of all items, or a batch an item on a server whose cache has been emptied."""
    sys.path.insert(0, str(HERE.parent))
    from asking import ask_batch, askers

    from tasks.ledger.store import Ledger
    from tasks.llm.local import _stop
    from tasks.settings import settings

    shared = " ".join(f"Berth {n} of the harbour is kept for boats that come from the {n}th island." for n in range(40))
    items = askers(ITEMS, shared=shared, max_tokens=200, timeout_seconds=600)
    for item in items:
        item.text = f"{item.text} in one word"
    if mode == "batch":
        ask_batch("b", items, Path.cwd(), limit=4, canary=0, on_failures="continue")
    else:
        for item in items:
            ask_batch(f"b-{item.item_id}", [item], Path.cwd(), limit=1, on_failures="continue")
            _stop()
    ledger = Ledger(settings())
    (found,) = ledger.execute("SELECT SUM(input_tokens) AS input, SUM(cached_tokens) AS cached FROM model_call", ())
    ledger.close()
    answer(input=found["input"], cached=found["cached"])


if __name__ == "__main__":
    measure(sys.argv[1])
