"""What a call costs: by the machine's own prices, else by the table of `genai-prices`, else not known.

A price that is not known is None and never 0: a budget that took it for nothing would hold back nothing.
"""

from __future__ import annotations

from decimal import Decimal

from tasks.governor.charges import Charge
from tasks.llm.names import LOCAL, VENDORS
from tasks.llm.setup import model_setup
from tasks.llm.setup_parts import Prices

_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1_000)

_PUBLIC = {
    "openai:tts-1": Prices(characters=15),
    "openai:tts-1-hd": Prices(characters=30),
    "perplexity:sonar": Prices(input=1, output=1, searches=5),
    "perplexity:sonar-pro": Prices(input=3, output=15, searches=6),
}
"""Public prices of speech and of searches; other voices and searches are priced by plan, so only their user knows."""


def cost_of(model: str, charge: Charge, *, written_tokens: int = 0) -> float | None:
    """Return what a charge costs in US dollars, or None where the price of any part of it is not known.

    `written_tokens` are those of the input that went into the vendor's prompt cache, which some charge more for.
    """
    setup = model_setup()
    vendor, name = setup.vendor_of(model), model.partition(":")[2]
    own = setup.prices.get(model, _PUBLIC.get(model))
    if own is not None:
        return _by(own, charge)
    if vendor == LOCAL:
        return 0.0
    if vendor not in VENDORS or charge.characters or charge.searches:
        return None
    return _listed(vendor, name, charge, written_tokens)


def is_priced(model: str) -> bool:
    """Say whether what a model reads and writes has a known price, so that a budget can bound it."""
    return cost_of(model, Charge(input_tokens=1, output_tokens=1)) is not None


def _by(prices: Prices, charge: Charge) -> float | None:
    cached = prices.input if prices.cached_input is None else prices.cached_input
    parts = (
        (charge.input_tokens - charge.cached_tokens, prices.input, _MILLION),
        (charge.cached_tokens, cached, _MILLION),
        (charge.output_tokens, prices.output, _MILLION),
        (charge.characters, prices.characters, _MILLION),
        (charge.searches, prices.searches, _THOUSAND),
    )
    total = Decimal(0)
    for count, price, unit in parts:
        if count and price is None:
            return None
        total += count * Decimal(str(price or 0)) / unit
    return float(total)


def _listed(vendor: str, name: str, charge: Charge, written_tokens: int) -> float | None:
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=charge.input_tokens,
        cache_read_tokens=charge.cached_tokens,
        cache_write_tokens=written_tokens,
        output_tokens=charge.output_tokens,
    )
    try:
        found = calc_price(usage, name, provider_id=vendor)
    except LookupError:
        return None
    # A vendor who bills has no free tokens: such a model is billed by something else, and the table doesn't say what.
    free = not found.total_price and (charge.input_tokens or charge.output_tokens)
    return None if free else float(found.total_price)
