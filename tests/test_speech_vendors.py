"""Vendors that speak are asked once a text, under their limits and a batch's budget, and each failure has its code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asking import settle_models
from governors import rows
from speaker import Speaker

from tasks.errors import PressroomError
from tasks.governor.charges import Lane, Limit
from tasks.llm.setup import model_setup
from tasks.model_options import Budget
from tasks.models import Item
from tasks.speech.asking import speaking
from tasks.speech.names import split_voice
from tasks.speech.remote import call_of
from tasks.speech.voices import Speech, check_voice, cost_of_speech, speak
from tasks.work import Work, begin_work, nap

KEY = "key-of-the-harbour-master-5127"
TEXT = "The tide bell rings twice."
ELEVEN = "elevenlabs:21m00Tcm4TlvDq8ikWAM"
ALL = ("openai:alloy", "pier:af_bella", ELEVEN)


class Brisk(Work):
    """Work that does not wait before it asks again."""

    async def sleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Go on at once."""
        await nap(0, until)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Speaker]:
    """One vendor that stands for all three."""
    for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY", "PIER_KEY"):
        monkeypatch.setenv(name, KEY)
    with Speaker(retry_after=0.05) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.address}/v1")
        monkeypatch.setenv("ELEVENLABS_BASE_URL", server.address)
        settle(server)
        yield server


def settle(server: Speaker, **more: Any) -> None:
    settle_models(servers={"pier": {"address": f"{server.address}/v1", "key": "PIER_KEY"}}, **more)


def say(voice: str, text: str = TEXT, language: str = "en", **work: Any) -> Speech:
    """Have a text spoken, on a loop of its own."""

    async def spoken() -> Speech:
        begin_work(Brisk(batch_id="b", kind="podcast", item_id="i", stage="speak", **work))
        return await speak(Item(item_id="i"), voice, text, language=language)

    return asyncio.run(spoken())


def code_of(voice: str, **more: Any) -> str:
    with pytest.raises(PressroomError) as caught:
        say(voice, **more)
    assert KEY not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("voice", ALL)
def test_a_text_is_spoken_with_one_request_that_carries_the_key(vendor: Speaker, voice: str) -> None:
    speech = say(voice)
    assert (vendor.requests, vendor.calls[0].key) == (1, KEY)
    assert speech.audio.startswith(b"RIFF")
    assert (speech.voice, speech.format, speech.characters) == (voice, "mp3", len(TEXT))
    assert Speech.model_validate_json(speech.model_dump_json()) == speech


def test_servers_that_speak_as_openai_does_are_asked_for_model_and_voice(vendor: Speaker) -> None:
    say("openai:alloy")
    say("pier:kokoro/af_bella")
    bodies = [{name: call.body[name] for name in ("model", "voice", "input")} for call in vendor.calls]
    assert bodies == [
        {"model": "tts-1", "voice": "alloy", "input": TEXT},
        {"model": "kokoro", "voice": "af_bella", "input": TEXT},
    ]
    assert set(vendor.paths) == {"/v1/audio/speech"}


def test_elevenlabs_is_told_the_language_where_its_model_takes_one(vendor: Speaker) -> None:
    say("elevenlabs:a/b", language="de-AT")
    say("elevenlabs:eleven_flash_v2_5/V1", language="de-AT")
    assert [call.body for call in vendor.calls] == [
        {"text": TEXT, "model_id": "a"},
        {"text": TEXT, "model_id": "eleven_flash_v2_5", "language_code": "de"},
    ]
    assert vendor.paths[1] == "/v1/text-to-speech/V1?output_format=mp3_44100_128"


@pytest.mark.parametrize("voice", ["pier:af_bella", ELEVEN])
@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("429", "API_RATE_LIMIT"),
        ("500", "TEMPORARY_ERROR"),
        ("401", "AUTH_ERROR"),
        ("bad_key", "AUTH_ERROR"),
        ("quota", "QUOTA_EXCEEDED"),
        ("no_credit", "QUOTA_EXCEEDED"),
        ("404", "MODEL_UNKNOWN"),
        ("no_voice", "VOICE_UNKNOWN"),
        ("no_voice_openai", "VOICE_UNKNOWN"),
        ("no_voice_list", "VOICE_UNKNOWN"),
        ("half", "ANSWER_BROKEN"),
        ("cut", "ANSWER_BROKEN"),
        ("empty", "SPEECH_EMPTY"),
        ("short", "SPEECH_EMPTY"),
        ("silent", "SPEECH_EMPTY"),
        ("no_sound", "SPEECH_EMPTY"),
        ("not_json", "SPEECH_EMPTY"),
    ],
)
def test_each_failure_has_its_code(vendor: Speaker, voice: str, behaviour: str, code: str) -> None:
    vendor.script(*[behaviour] * 9)
    assert code_of(voice) == code
    passing = code in ("API_RATE_LIMIT", "TEMPORARY_ERROR")
    assert vendor.requests == (4 if passing else 1)


@pytest.mark.parametrize("behaviour", ["429", "500"])
def test_what_passes_in_a_moment_is_asked_again_here(vendor: Speaker, behaviour: str) -> None:
    vendor.script(behaviour)
    assert say(ELEVEN).audio
    assert vendor.requests == 2


def test_a_vendor_that_cannot_be_reached_is_a_passing_failure_that_cost_nothing(
    vendor: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert code_of("openai:alloy") == "TEMPORARY_ERROR"
    assert {(row["status"], row["characters"]) for row in rows("model_call")} == {("refunded", 0)}


def test_a_vendor_that_hangs_is_left_in_time_and_its_call_is_of_unknown_outcome(vendor: Speaker) -> None:
    vendor.script("hang")
    voice = split_voice("openai:alloy")

    async def hang() -> bytes:
        call = call_of(voice, TEXT)
        return await speaking(Item(item_id="i"), Brisk(), "openai:alloy", voice, call, TEXT, seconds=0.2).reply()

    with pytest.raises(PressroomError) as caught:
        asyncio.run(hang())
    assert caught.value.code == "TIMEOUT"
    assert [row["status"] for row in rows("model_call")] == ["unknown"]


def test_who_is_cancelled_leaves_a_call_of_unknown_outcome(vendor: Speaker) -> None:
    vendor.script("hang")

    async def begin_and_leave() -> None:
        begin_work(Brisk())
        speaking = asyncio.ensure_future(speak(Item(item_id="i"), ELEVEN, TEXT, language="en"))
        while not vendor.requests:
            await asyncio.sleep(0.01)
        speaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await speaking

    asyncio.run(begin_and_leave())
    assert [row["status"] for row in rows("model_call")] == ["unknown"]


def test_no_more_is_asked_in_any_window_than_the_limit_allows(vendor: Speaker) -> None:
    settle(vendor, lanes={"elevenlabs": {"limits": [{"seconds": 0.5, "requests": 2}]}})

    async def all_at_once() -> None:
        begin_work(Brisk(batch_id="b", kind="podcast", item_id="i", stage="speak"))
        await asyncio.gather(*(speak(Item(item_id="i"), ELEVEN, f"Berth {n}.", language="en") for n in range(5)))

    asyncio.run(all_at_once())
    times = sorted(call.at for call in vendor.calls)
    assert len(times) == 5
    assert all(third - first > 0.5 for first, third in zip(times, times[2:], strict=False))


def test_the_ledger_has_every_call_with_its_characters_and_what_they_cost(vendor: Speaker) -> None:
    say("openai:alloy")
    vendor.script("silent")
    assert code_of("openai:alloy") == "SPEECH_EMPTY"
    vendor.script("401")
    assert code_of("openai:alloy") == "AUTH_ERROR"
    told = [(row["model"], row["status"], row["characters"], row["cost_usd"]) for row in rows("model_call")]
    spoken = ("openai:tts-1", "settled", len(TEXT), pytest.approx(len(TEXT) * 15e-6))
    assert told == [spoken, spoken, ("openai:tts-1", "settled", 0, 0.0)]
    assert {row["reason"] for row in rows("model_call")} == {"the voice alloy"}


def test_a_budget_holds_what_is_spoken(vendor: Speaker) -> None:
    budget = Budget(batch_usd=len(TEXT) * 15e-6 * 1.5)
    say("openai:alloy", budget=budget)
    assert code_of("openai:alloy", budget=budget) == "BUDGET_EXCEEDED"
    assert code_of(ELEVEN, budget=budget) == "PRICE_UNKNOWN"
    assert vendor.requests == 1


def test_prices_of_voices_are_set_as_those_of_models(vendor: Speaker) -> None:
    settle(vendor, prices={"elevenlabs:eleven_multilingual_v2": {"characters": 200}})
    assert cost_of_speech(ELEVEN, "x" * 1000) == pytest.approx(0.2)
    assert cost_of_speech("elevenlabs:eleven_v3/x", TEXT) is None
    assert cost_of_speech("local:en-gb", TEXT) == 0


def test_elevenlabs_has_a_limit_where_nothing_is_set(vendor: Speaker) -> None:
    settle(vendor, lanes={"elevenlabs": {"shared": 2}})
    assert model_setup().lanes_of("elevenlabs:m")[0] == Lane("elevenlabs", (Limit(60.0, 100),), 2)


def test_a_limit_that_is_set_is_the_one_that_holds(vendor: Speaker) -> None:
    settle(vendor, lanes={"elevenlabs": {"limits": [{"seconds": 1, "requests": 3}]}})
    assert model_setup().lanes_of("elevenlabs:m")[0].limits == (Limit(1.0, 3),)


@pytest.mark.parametrize("voice", ["openai:alloy", ELEVEN])
@pytest.mark.parametrize("text", ["", " \n", "...", "a\x00b", "a\ud800b"])
def test_what_nobody_can_say_is_not_sent(vendor: Speaker, voice: str, text: str) -> None:
    assert code_of(voice, text=text) == "TEXT_UNSPEAKABLE"
    assert vendor.requests == 0


def test_a_missing_key_is_told_without_asking(vendor: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ELEVENLABS_API_KEY")
    with pytest.raises(PressroomError, match="ELEVENLABS_API_KEY"):
        check_voice(ELEVEN)
    assert code_of(ELEVEN) == "MODEL_KEY_MISSING"
    assert vendor.requests == 0


@pytest.mark.parametrize(
    ("voice", "hint"),
    [
        ("alloy", "local:en-gb"),
        ("openai:", "openai:alloy"),
        ("elevenlab:x", "'elevenlabs'"),
        ("piers:x", "'pier'"),
        ("anthropic:x", "elevenlabs"),
        ("pier:/x", "vendor:model/voice"),
        ("pier:x/", "vendor:model/voice"),
    ],
)
def test_a_name_that_is_no_voice_is_told_with_what_may_be_meant(vendor: Speaker, voice: str, hint: str) -> None:
    with pytest.raises(PressroomError) as caught:
        check_voice(voice)
    assert caught.value.code == "VOICE_UNKNOWN"
    assert hint in caught.value.remedy


def test_what_only_speaks_is_no_model(vendor: Speaker) -> None:
    with pytest.raises(PressroomError) as caught:
        model_setup().name_of("elevenlabs:x")
    assert caught.value.code == "MODEL_UNKNOWN"
