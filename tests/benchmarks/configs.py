"""Configs of every dialect, content and artifact, JSON and YAML in all layouts: found by id, loaded and checked."""

from __future__ import annotations

import json
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import yaml
from lab import HERE, Row, answer, in_child

LAYOUTS = ("configs/content/{id}", "configs/content/group-{n}/{id}", "configs/content/group-{n}/deep/other-{n}")


def rows() -> list[Row]:
    """Compare a thousand with the two seconds they may take, and four thousand with them."""
    small, large = in_child("configs.py", 1000)["seconds"], in_child("configs.py", 4000)["seconds"]
    return [
        Row(
            "1,000 configs found by id, loaded and checked, of 2 s of one core", small / 2, "<= 1.00", f"{small:.2f} s"
        ),
        Row("4,000 configs, each against one of 1,000", large / small / 4, "<= 1.15", f"{large:.2f} s / {small:.2f} s"),
    ]


def _put_configs(count: int) -> list[str]:
    sys.path.append(str(HERE.parent))
    from dialect_examples import ARTIFACTS, CONTENT, own_id

    ids = []
    for number, example in enumerate(islice(cycle([*CONTENT.values(), *ARTIFACTS.values()]), count)):
        config_id = f"{own_id(example)}-{number}"
        text = json.dumps(example, indent=1).replace(f'"{own_id(example)}"', f'"{config_id}"')
        name = LAYOUTS[number % 3].format(id=config_id, n=number % 40 if number % 3 == 1 else number)
        is_yaml = number % 4 == 0
        path = Path(f"{name}.{'yaml' if is_yaml else 'json'}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(json.loads(text)) if is_yaml else text)
        ids.append(config_id)
    return ids


def _load(count: int) -> None:
    ids = _put_configs(count)
    from tasks.documents.configs import ConfigLibrary

    library = ConfigLibrary(Path.cwd())
    started = time.process_time()
    for config_id in ids:
        assert library.load(config_id).config.id == config_id
    answer(seconds=time.process_time() - started)


if __name__ == "__main__":
    _load(int(sys.argv[1]))
