"""Reading and writing files safely.

Everything a person hands in is read here, so that size, encoding, syntax and place are checked once and each
fault has its own code. Light on purpose (the standard library, and yaml once there is any to read): `validate` and
`status` start with it.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.errors import PressroomError, fault
from tasks.json_text import parse_json
from tasks.yaml_lines import line_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from tasks.errors import PressroomError

__all__ = [
    "decode",
    "draft_beside",
    "expect_content",
    "line_of",
    "make_state_folder",
    "parse_data",
    "path_below",
    "read_bytes",
    "read_data",
    "read_text",
    "refuse_long_names",
    "refuse_no_folder",
    "refuse_unwritable",
    "resolve_inside",
    "write_atomically",
]

MAX_BYTES = 10_000_000
MAX_NAME_BYTES = 255
"""Bytes that a file system takes in the name of a file or folder; a draft beside a file has fewer."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_counter = itertools.count()


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # A pipe or device would block, or never end.
            raise _no_file(path)
        if status.st_size > limit:
            raise fault("FILE_TOO_LARGE", path=str(path), size=status.st_size, limit=limit)
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        raise _no_file(path) from None
    except OSError as error:
        raise fault("INVALID_INPUT", what=f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if len(data) > limit:  # It has grown since it was looked at.
        raise fault("FILE_TOO_LARGE", path=str(path), size=len(data), limit=limit)
    return data


def _no_file(path: Path) -> PressroomError:
    hint = "Check the path." if path.is_absolute() else "Check the path; it is read from the current folder."
    return fault("SPEC_NOT_FOUND", path=str(path), hint=hint)


def decode(data: bytes, path: Path) -> str:
    """Return `data` as text; a byte order mark is dropped."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise fault("NOT_UTF8", path=str(path), offset=error.start) from None


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """Return the text of a UTF-8 file."""
    return decode(read_bytes(path, limit=limit), path)


def expect_content(path: Path, sha256: str | None) -> None:
    """Refuse a file with ITEMS_FILE_CHANGED that is not the one a batch was started with; None expects nothing."""
    if sha256 is None:
        return
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise fault("ITEMS_FILE_CHANGED", path=str(path), found=found[:12], expected=sha256[:12])


def read_data(path: Path) -> JsonValue:
    """Return the value a YAML or JSON file holds, told apart by the file's ending."""
    return parse_data(read_text(path), path)


def parse_data(text: str, path: Path) -> JsonValue:
    """Return the value that `text`, read from `path`, holds."""
    if path.suffix.lower() in (".yaml", ".yml"):
        from tasks.yaml_text import parse_yaml  # The library takes longer to load than most JSON to be read.

        return parse_yaml(text, str(path))
    return parse_json(text, str(path))


def resolve_inside(root: Path, path: str | Path) -> Path:
    """Return the absolute form of `path`, read from `root`, with links followed; it must lie inside `root`."""
    top = os.path.realpath(root)
    try:
        found = os.path.realpath(os.path.join(top, path))
    except ValueError:  # a NUL, or half a surrogate pair
        found = ""
    if "\0" in found or not (found == top or found.startswith(top.rstrip(os.sep) + os.sep)):
        raise fault("PATH_OUTSIDE", path=str(path), folder=str(root))
    return Path(found)


def path_below(root: Path, *parts: str) -> Path:
    """Return the path of `parts` below `root`, as it is written; PATH_OUTSIDE where links in it lead out of `root`.

    For the places below an output folder that names give: somebody may have laid links there beforehand.
    """
    resolve_inside(root, Path(*parts))
    return root.joinpath(*parts)


def refuse_unwritable(path: str) -> None:
    """Raise what writing to `path` would fail with, as far as it can be known without."""
    try:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    except FileNotFoundError:
        pass
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def refuse_long_names(path: str) -> None:
    """Raise OUTPUT_UNWRITABLE for a path in which a name is longer than file systems take."""
    longest = max(len(name.encode(errors="surrogatepass")) for name in path.split("/"))
    if longest > MAX_NAME_BYTES:
        why = f"a name in it has {longest:,} bytes, and file systems take {MAX_NAME_BYTES}"
        raise fault("OUTPUT_UNWRITABLE", path=path, why=why, hint="Shorten that name, or the label in it.")


def make_state_folder(home: Path) -> Path:
    """Make the state folder and return it; OUTPUT_UNWRITABLE, which names PRESSROOM_HOME, where that cannot be."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(home, error) from error
    return home


def refuse_no_folder(home: Path) -> None:
    """Raise the same where something else is in the place of the state folder, or of one above it."""
    there = next(path for path in (home, *home.parents) if os.path.lexists(path))
    if not there.is_dir():
        raise _no_folder(home, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))


def _no_folder(home: Path, error: OSError) -> PressroomError:
    why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
    hint = "Name another place in PRESSROOM_HOME, or mend this one."
    return fault("OUTPUT_UNWRITABLE", path=str(home), why=f"PRESSROOM_HOME needs a folder there ({why})", hint=hint)


def draft_beside(path: Path | str, mark: str = "") -> str:
    """Return a name that nobody else has, in the folder of `path`, for what is renamed to it once it is whole.

    What a killed writer leaves under such a name is cleared away; `mark` tells several drafts of a file apart.
    """
    folder, name = os.path.split(path)
    # Cut, so that the longest file name allowed still leaves room for the rest.
    return os.path.join(folder, f".{name[:40]}{mark}.{os.getpid()}-{next(_counter)}.tmp")


def write_atomically(path: Path | str, content: bytes) -> None:
    """Write `content` so that `path` holds either what it held before or all of it; makes its folder.

    No fsync: a file that is lost with the machine's power is made again from the ledger's checkpoints.
    """
    draft = draft_beside(path)
    try:
        _write(draft, content, os.path.dirname(path))
        try:
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _write(draft: str, content: bytes, folder: str) -> None:
    try:
        descriptor = os.open(draft, _FLAGS, 0o666)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        descriptor = os.open(draft, _FLAGS, 0o666)
    try:
        written = os.write(descriptor, content)
        while written < len(content):
            written += os.write(descriptor, memoryview(content)[written:])
    except BaseException:
        os.unlink(draft)
        raise
    finally:
        os.close(descriptor)
