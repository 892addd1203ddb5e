"""A file as it was at a commit, read from the Git repository that a folder lies in.

Git runs as a process of its own, bounded in time, size and what it may do: it gets no option from a config (names
go through its standard input) and may use no network, even where a repository could fetch what it lacks. It is
asked with `cat-file`, which says type and size first, where `show` would list a folder or pour out a gigabyte.
"""

from __future__ import annotations

import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path, PurePosixPath

from tasks.errors import fault
from tasks.files import MAX_BYTES

SECONDS = 10.0
"""Longest time for one call; reading from a local repository takes milliseconds."""

_REF = re.compile(r"[\w@][\w./@^~{}+-]{0,199}")
_FOUND = re.compile(r"([0-9a-f]{40,64}) (\w+) (\d+)\n")
# Only what Git needs to find itself and its settings: a GIT_DIR of whoever started us must not lead elsewhere.
_ENVIRONMENT = ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT", "TMPDIR")
_RULES = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


class NotInGit(Exception):
    """There is no such file at that commit; says why."""


def parse_locator(locator: str) -> tuple[str, str]:
    """Read `<ref>:<path>` or `<path>@<ref>` into ref and path; NotInGit when it is neither, or leaves the folder."""
    if ":" in locator:
        ref, _, path = locator.partition(":")
    else:
        path, _, ref = locator.rpartition("@")
    if not ref or not path:
        raise NotInGit(f"{locator!r} is neither `<ref>:<path>` nor `<path>@<ref>`")
    if not _REF.fullmatch(ref):
        raise NotInGit(f"{ref!r} is not the name of a commit")
    if path.startswith("/") or ".." in PurePosixPath(path).parts or not path.isprintable():
        raise NotInGit(f"{path!r} is not a path below the folder")
    return ref, path


def read_at(folder: Path, locator: str) -> bytes:
    """Return a file below `folder` as it was at a commit; NotInGit when it was not there."""
    ref, path = parse_locator(locator)
    _refuse_foreign(folder)
    found = _FOUND.fullmatch(_git(folder, ["cat-file", "--batch-check"], f"{ref}:./{path}\n".encode()).decode())
    if found is None or found[2] != "blob":
        raise NotInGit(f"there is no file {path!r} at {ref!r}")
    if int(found[3]) > MAX_BYTES:
        raise fault("FILE_TOO_LARGE", path=locator, size=int(found[3]), limit=MAX_BYTES)
    return _blob(folder, found[1])


@lru_cache(maxsize=32)
def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder whose `.git` leads to a repository elsewhere that does not know of it.

    Whoever has made the folder could have written there where another repository lies, to read from that. A worktree's
    repository names the worktree, and a submodule's its own folder.
    """
    said = _git(folder, ["rev-parse", "--absolute-git-dir", "--show-toplevel"], b"").decode(errors="replace")
    repository, top = (Path(os.path.realpath(line)) for line in said.splitlines()[:2])
    if repository.is_relative_to(top):
        return
    names = repository / "gitdir"
    if names.is_file() and os.path.realpath(names.read_text().strip()) == os.path.realpath(top / ".git"):
        return
    config = _git(folder, ["config", "--local", "--default", "", "--get", "core.worktree"], b"").decode().strip()
    if not config or not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(repository / config)):
        raise NotInGit(f"{str(folder)!r} belongs to a Git repository elsewhere that does not know of it")


@lru_cache(maxsize=32)
def _blob(folder: Path, sha: str) -> bytes:
    """Read an object by its hash, which stands for this content for ever."""
    return _git(folder, ["cat-file", "blob", sha], b"")


def _git(folder: Path, arguments: list[str], given: bytes) -> bytes:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _RULES
    command = ["git", "--no-pager", *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, cwd=folder, env=environment, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise fault("TIMEOUT", what=f"Git in {str(folder)!r}", seconds=SECONDS) from None
    except OSError as error:
        raise NotInGit(f"Git cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").splitlines() or ["it gave no reason"]
        raise NotInGit(f"Git in {str(folder)!r}: {said[0].removeprefix('fatal: ')[:200]}")
    return done.stdout
