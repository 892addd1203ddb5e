"""Measures Pressroom against the ideal and against peers, in one run on this machine, and prints ratios.

    uv run python tests/benchmarks [NAME ...]

Nothing here passes or fails: times belong to a machine. Each row says what it should be, so that a
person sees at a glance what has slipped. Every figure is taken in a process of its own, all of them
against one Prefect server.
"""

from __future__ import annotations

import sys

import backtest
import cache
import cluster
import commands
import configs
import creators
import documents
import faults
import fiction
import governor
import line
import machines
import noop
import optimiser
import podcast
import runner
import sharing
import start
import waiting
from lab import Row, server, show

BENCHMARKS = {
    "waiting": waiting.rows,
    "runner": runner.rows,
    "documents": documents.rows,
    "configs": configs.rows,
    "noop": noop.rows,
    "commands": commands.rows,
    "start": start.rows,
    "governor": governor.rows,
    "faults": faults.rows,
    "cache": cache.rows,
    "cluster": cluster.rows,
    "sharing": sharing.rows,
    "backtest": backtest.rows,
    "optimiser": optimiser.rows,
    "creators": creators.rows,
    "fiction": fiction.rows,
    "line": line.rows,
    "podcast": podcast.rows,
    "machines": machines.rows,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
    rows: list[Row] = []
    with server():
        for name in names:
            found = BENCHMARKS[name]()
            show(found)
            rows += found
    if len(names) > 1:
        print("\nAll together")
        show(rows)


if __name__ == "__main__":
    main()
