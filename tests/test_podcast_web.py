"""Research in the web: what is said has its page's address, within the limits and budgets that models have too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asking import settle_models
from governors import rows
from noting import topic
from searcher import Searcher

from tasks.errors import PressroomError
from tasks.governor.charges import Lane, Limit
from tasks.llm.ask import Patience
from tasks.llm.setup import model_setup
from tasks.model_options import Budget
from tasks.models import Item
from tasks.podcast.episode import Topic
from tasks.podcast.research import Found, check_dossier, check_engine, dossier_of
from tasks.podcast.research.web import search_web
from tasks.work import Work, begin_work, nap

KEY = "key-of-the-harbour-master-5127"
BOTH = ("perplexity:sonar", "brave:web")
QUICK = Patience(retries=2, initial=0.01, most=0.01)


class Brisk(Work):
    """Work that does not wait before it asks again."""

    async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Go on at once."""
        await nap(0, until)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Searcher]:
    """One vendor that stands for both."""
    with Searcher(retry_after=0.05) as server:
        for name in ("PERPLEXITY", "BRAVE"):
            monkeypatch.setenv(f"{name}_API_KEY", KEY)
            monkeypatch.setenv(f"{name}_BASE_URL", server.address)
        yield server


def search(engine: str, about: Topic | None = None, *, most: int = 9, **work: Any) -> Found:
    """Search on a loop of its own."""

    async def searched() -> Found:
        begin_work(Brisk(batch_id="b", kind="podcast", item_id="i", stage="research", **work))
        return await search_web(Item(item_id="i"), engine, about or topic(), most=most, patience=QUICK)

    return asyncio.run(searched())


def code_of(engine: str, **more: Any) -> str:
    with pytest.raises(PressroomError) as caught:
        search(engine, **more)
    assert KEY not in str(caught.value)
    return caught.value.code


def test_each_sentence_of_perplexity_has_the_first_page_that_it_names(vendor: Searcher) -> None:
    found = search("perplexity")
    lamp, tides = found.passages
    assert (lamp.where, lamp.title) == ("https://coast.example/lamp", "The lamp")
    assert lamp.text == "The lighthouse at Marlow Point was lit in 1887. Its lens came from Paris."
    assert (tides.where, tides.text) == ("https://coast.example/tides", "The harbour falls dry twice a day.")
    assert found.by_model == "perplexity:sonar"


def test_pages_without_titles_are_named_by_their_addresses(vendor: Searcher) -> None:
    vendor.script("bare")
    assert [one.title for one in search("perplexity:sonar").passages][1] == "https://coast.example/tides"


def test_brave_brings_the_whole_sentences_of_pages_as_plain_text(vendor: Searcher) -> None:
    found = search("brave")
    lamp, tides = found.passages
    assert (lamp.where, lamp.title) == ("https://coast.example/lamp", "The lamp & its lens")
    assert lamp.text == "The lighthouse was lit in 1887. Nine men carried its lens up the stairs."
    assert tides.title == "https://coast.example/tides"
    assert found.by_model == ""
    assert found.warnings == ["1 page left out, whose addresses are too long or none."]


@pytest.mark.parametrize("engine", BOTH)
def test_a_dossier_is_made_of_pages_as_of_notes(vendor: Searcher, engine: str) -> None:
    found = search(engine)
    dossier = dossier_of(topic(), found)
    check_dossier(dossier, found)
    assert {source.where for source in dossier.sources} == {"https://coast.example/lamp", "https://coast.example/tides"}
    assert dossier.by_model == found.by_model


def test_a_search_is_one_request_that_carries_topic_and_key(vendor: Searcher) -> None:
    about = topic("The lamp", "Its keepers.", "Who lit it?")
    search("perplexity:sonar-pro", about)
    search("brave", about)
    assert [call.key for call in vendor.calls] == [KEY, KEY]
    body = vendor.calls[0].body
    assert body["model"] == "sonar-pro"
    assert body["messages"][1]["content"] == "Topic: The lamp\nIts keepers.\nQuestions:\n- Who lit it?"
    assert vendor.paths[0] == "/chat/completions"
    assert parse_qs(urlsplit(vendor.paths[1]).query)["q"] == ["The lamp Its keepers."]


def test_a_question_is_no_longer_than_brave_takes(vendor: Searcher) -> None:
    search("brave", topic("lamp " * 20, "longwordsofthecoast " * 100))
    (asked,) = parse_qs(urlsplit(vendor.paths[0]).query)["q"]
    assert len(asked) <= 400
    assert len(asked.split()) <= 50


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("429", "API_RATE_LIMIT"),
        ("500", "TEMPORARY_ERROR"),
        ("401", "AUTH_ERROR"),
        ("quota", "QUOTA_EXCEEDED"),
        ("404", "MODEL_UNKNOWN"),
        ("half", "ANSWER_BROKEN"),
        ("cut", "ANSWER_BROKEN"),
        ("huge", "ANSWER_TOO_LARGE"),
        ("not_json", "ANSWER_UNPARSABLE"),
        ("odd", "ANSWER_UNPARSABLE"),
        ("nothing", "NOTHING_FOUND"),
    ],
)
def test_each_failure_has_its_code(vendor: Searcher, engine: str, behaviour: str, code: str) -> None:
    vendor.script(*[behaviour] * 9)
    assert code_of(engine) == code
    assert vendor.requests == (3 if code in ("API_RATE_LIMIT", "TEMPORARY_ERROR") else 1)


@pytest.mark.parametrize("behaviour", ["429", "500"])
def test_what_passes_in_a_moment_is_asked_again_here(vendor: Searcher, behaviour: str) -> None:
    vendor.script(behaviour)
    assert search("brave").passages
    assert vendor.requests == 2


def test_the_ledger_has_every_search_and_what_it_cost(vendor: Searcher) -> None:
    settle_models(prices={"brave:web": {"searches": 3}})
    search("brave")
    vendor.script("own_cost")
    search("perplexity")
    vendor.script("401")
    assert code_of("perplexity") == "AUTH_ERROR"
    told = [(row["model"], row["status"], row["searches"], row["cost_usd"]) for row in rows("model_call")]
    assert told == [
        ("brave:web", "settled", 1, pytest.approx(0.003)),
        ("perplexity:sonar", "settled", 1, pytest.approx(0.0123)),
        ("perplexity:sonar", "settled", 0, 0.0),
    ]


def test_a_budget_holds_what_is_searched(vendor: Searcher) -> None:
    assert code_of("perplexity", budget=Budget(batch_usd=0.001)) == "BUDGET_EXCEEDED"
    assert code_of("brave", budget=Budget(batch_usd=1)) == "PRICE_UNKNOWN"
    assert vendor.requests == 0


@pytest.mark.parametrize(("lane", "requests"), [("perplexity:sonar", 10), ("brave:web", 30)])
def test_searches_have_limits_where_nothing_is_set(home: object, lane: str, requests: int) -> None:
    vendor = lane.partition(":")[0]
    assert model_setup().lanes_of(lane)[0] == Lane(vendor, (Limit(60.0, requests),))


def test_limits_that_are_set_are_those_that_hold(home: object) -> None:
    settle_models(lanes={"brave": {"limits": [{"seconds": 1, "requests": 1}]}})
    assert model_setup().lanes_of("brave:web")[0].limits == (Limit(1.0, 1),)


SLIPS = [("perplexty", "perplexity"), ("", "perplexity:sonar"), ("openai:x", "brave:web")]


@pytest.mark.parametrize(("engine", "hint"), SLIPS)
def test_a_search_that_is_not_there_is_named_with_what_may_be_meant(engine: str, hint: str) -> None:
    with pytest.raises(PressroomError, match="SEARCH_UNKNOWN") as caught:
        check_engine(engine)
    assert hint in caught.value.remedy


def test_a_missing_key_is_told_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAVE_API_KEY", raising=False)
    with pytest.raises(PressroomError, match=r"MODEL_KEY_MISSING.*BRAVE_API_KEY"):
        check_engine("brave")
