"""This machine's own voices speak many languages, sound different, and say what they cannot read."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.errors import PressroomError
from tasks.models import Item
from tasks.speech.espeak import EspeakError, synthesise
from tasks.speech.sound import RATE, Samples, decode, is_silent
from tasks.speech.voices import Speech, check_voice, default_voices, speak

TEXT = "The harbour of a small town wakes before its people do. Nine boats lie at the quay."
SPOKEN = {
    "en": "The tide bell rings twice, at 7:30 and at 19:45.",
    "de": "Zwölf Boote liegen im Hafen, und die Glocke läutet.",
    "fr": "Le gardien compte les bateaux à la tombée de la nuit.",
    "es": "El guardián del puerto cuenta los barcos al anochecer.",
    "ru": "Смотритель считает лодки в гавани.",
    "el": "Είναι μια καμπάνα στο λιμάνι.",
    "cmn": "港口的守护者在黄昏时数船只。",
    "ar": "حارس الميناء يعد القوارب.",
    "hi": "बंदरगाह का रखवाला नावें गिनता है।",
    "th": "ผู้ดูแลท่าเรือนับเรือ",
}


def say(voice: str, text: str = TEXT) -> Speech:
    """Have a text spoken, on a loop of its own."""
    return asyncio.run(speak(Item(item_id="i"), voice, text, language="en"))


def heard(speech: Speech) -> Samples:
    return asyncio.run(decode(speech.audio, "a test"))


def code_of(voice: str, text: str = TEXT) -> tuple[str, str]:
    with pytest.raises(PressroomError) as caught:
        say(voice, text)
    return caught.value.code, str(caught.value)


def pitch(samples: Samples) -> float:
    """The middle of a voice's pitch, in hertz: where each loud frame repeats itself."""
    size, found = 2048, []
    for start in range(0, samples.size - size, size):
        frame = samples[start : start + size] - samples[start : start + size].mean()
        if np.abs(frame).max() > 0.1:
            spectrum = np.abs(np.fft.rfft(frame, 2 * size)) ** 2
            echo = np.fft.irfft(spectrum)[RATE // 400 : RATE // 60]
            found.append(RATE / (RATE // 400 + int(echo.argmax())))
    return float(np.median(found))


@pytest.mark.parametrize("language", SPOKEN)
def test_a_voice_reads_its_own_language(language: str) -> None:
    samples = heard(say(f"local:{language}", SPOKEN[language]))
    assert not is_silent(samples)
    assert samples.size > RATE


def test_a_text_becomes_wav_with_its_maker_and_lives_through_json() -> None:
    speech = say("local:en-gb")
    assert (speech.format, speech.made_by, speech.characters) == ("wav", "eSpeak NG", len(TEXT))
    assert speech.audio.startswith(b"RIFF")
    assert Speech.model_validate_json(speech.model_dump_json()) == speech
    assert 4 < heard(speech).size / RATE < 8


@pytest.mark.parametrize("language", ["en", "de", "fr-CA"])
def test_two_speakers_have_voices_that_are_told_apart(language: str) -> None:
    first, second = default_voices(language, 2)
    low, high = (pitch(heard(say(voice))) for voice in (first, second))
    assert high > 1.4 * low


def test_four_speakers_of_a_language_have_four_voices_of_it() -> None:
    assert default_voices("en", 4) == ["local:en-gb", "local:en-us+f3", "local:en-gb+m7", "local:en-us+f5"]
    assert default_voices("en-US", 2) == ["local:en-us", "local:en-us+f3"]
    assert default_voices("de-AT", 2) == ["local:de", "local:de+f3"]
    assert len(set(default_voices("pt-BR", 4))) == 4


def test_a_language_that_no_voice_speaks_is_told() -> None:
    with pytest.raises(PressroomError, match="VOICE_UNKNOWN"):
        default_voices("xzz", 2)


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ("local:en-gbb", "'en-gb'"),
        ("local:en-us+f33", "'f3'"),
        ("local:zz9", "local:zz9"),
        ("local:xex", "none for 'xex'"),
        ("local:en+", "+f3"),
    ],
)
def test_a_voice_that_does_not_exist_is_told_with_the_nearest(voice: str, said: str) -> None:
    code, told = code_of(voice)
    assert code == "VOICE_UNKNOWN"
    assert said in told
    with pytest.raises(PressroomError, match="VOICE_UNKNOWN"):
        check_voice(voice)


@pytest.mark.parametrize("voice", ["local:EN-GB", "local:en-us+F3", "local:zh", "local:de+Annie", "local:en-gb-x-rp"])
def test_names_are_taken_in_any_case_and_by_any_name_of_a_language(voice: str) -> None:
    check_voice(voice)
    assert say(voice, "港" if voice == "local:zh" else "Ah!").audio


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Say 港口 now", "'港口' at position 5"),
        ("Hello. Привет", "'Привет' at position 8"),
        ("ὀδύσσεια", "greek"),
        ("...", "'...'"),
        ("😀 !", "without letters"),
        ("", "an empty text"),
        ("one\x07two", "U+0007 at position 4"),
        ("one\x01", "U+0001"),
        ("half \ud83d", "U+D83D at position 6"),
        ("\ue000private", "U+E000"),
    ],
)
def test_the_first_thing_that_a_voice_cannot_read_is_named(text: str, said: str) -> None:
    code, told = code_of("local:en-gb", text)
    assert code == "TEXT_UNSPEAKABLE"
    assert said in told


@pytest.mark.parametrize(
    "text", ["42", "π is about 3.14", "5 µm", "soft\u00adhyphen", "<b>[[bold]]</b> & café", "👍 1"]
)
def test_signs_that_have_names_or_no_sound_are_no_hindrance(text: str) -> None:
    assert not is_silent(heard(say("local:en-gb", text)))


def test_many_who_speak_at_once_each_get_their_own() -> None:
    texts = [f"Boat number {number} lies at berth {9 - number}." for number in range(8)]
    voices = default_voices("en", 4) * 2

    async def all_at_once() -> list[Speech]:
        item = Item(item_id="i")
        said = (speak(item, *pair, language="en") for pair in zip(voices, texts, strict=True))
        return await asyncio.gather(*said)

    together = asyncio.run(all_at_once())
    for speech, voice, text in zip(together, voices, texts, strict=True):
        assert abs(heard(speech).size - heard(say(voice, text)).size) < RATE / 10


@settings(max_examples=60)
@given(st.text(max_size=60))
@example("\u200b")
@example("'" * 50)
@example("0.0.0.0.0,,,-- 1e400")
def test_any_text_is_spoken_or_named(text: str) -> None:
    try:
        assert say("local:en-gb", text).audio
    except PressroomError as error:
        assert error.code == "TEXT_UNSPEAKABLE"  # noqa: PT017  # either is right


def test_the_library_refuses_a_voice_that_it_does_not_have() -> None:
    with pytest.raises(EspeakError, match="nobody"):
        synthesise("nobody", "hello")


def test_a_machine_without_the_package_is_told_what_to_do() -> None:
    script = (
        "import sys; sys.modules['espeakng_loader'] = None\n"
        "from tasks.errors import PressroomError\n"
        "from tasks.speech.voices import check_voice\n"
        "try: check_voice('local:en-gb')\n"
        "except PressroomError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.startswith("LOCAL_VOICE_MISSING")
    assert "uv sync --group local" in told.stdout
