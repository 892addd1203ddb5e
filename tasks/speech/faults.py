"""What can be wrong with a voice, and with the program that works on sound."""

from __future__ import annotations

from tasks.errors import Fault, PermanentError, TransientError, add_faults, input_fault

ROWS = {
    "VOICE_UNKNOWN": input_fault("There is no voice {voice!r}: {why}.", "{hint}"),
    "LOCAL_VOICE_MISSING": input_fault(
        "The local voice {voice!r} needs eSpeak NG, and that is not there: {why}.",
        "Run `uv sync --group local`, or name another voice.",
    ),
    "TEXT_UNSPEAKABLE": input_fault("{voice!r} cannot read {what}.", "{hint}"),
    "SPEECH_EMPTY": Fault(TransientError, "{voice!r} answered with no speech: {why}.", "Another attempt may bring it."),
    "FFMPEG_MISSING": input_fault(
        "The program ffmpeg cannot be run: {why}.", "Install Pressroom again, or name one in IMAGEIO_FFMPEG_EXE."
    ),
    "FFMPEG_FAILED": Fault(PermanentError, "ffmpeg failed at {what}: {why}.", "Check what it was given."),
}
add_faults(ROWS)
