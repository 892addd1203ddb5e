"""The event-loop task runner against Prefect's stock thread runner, on 1,000 async tasks."""

from __future__ import annotations

import sys
import time
from typing import Any

from lab import Row, answer, in_child, peak_megabytes, settle_down

TASKS = 1000


def rows() -> list[Row]:
    """Compare time and memory."""
    ours, stock = in_child("runner.py", "ours"), in_child("runner.py", "stock")
    speed = f"{stock['seconds']:.1f} s / {ours['seconds']:.1f} s"
    memory = f"{ours['megabytes']:.0f} MB / {stock['megabytes']:.0f} MB, peak of the process"
    return [
        Row("1,000 async tasks: times faster than the stock runner", stock["seconds"] / ours["seconds"], ">= 5", speed),
        Row(
            "1,000 async tasks: memory of the stock runner's", ours["megabytes"] / stock["megabytes"], "<= 0.25", memory
        ),
    ]


def _measure(which: str) -> None:
    from prefect import Task, flow, task
    from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

    from flows.runner import EventLoopTaskRunner

    async def nothing(number: int) -> int:
        return number

    do_nothing: Task[Any, Any] = task(persist_result=False)(nothing)
    runner: TaskRunner[Any] = EventLoopTaskRunner() if which == "ours" else ThreadPoolTaskRunner()

    @flow(task_runner=runner)
    def many(count: int) -> float:
        started = time.perf_counter()
        futures = do_nothing.map(range(count))
        for future in futures:
            future.result()
        return time.perf_counter() - started

    many(1)
    settle_down()
    answer(seconds=many(TASKS), megabytes=peak_megabytes())


if __name__ == "__main__":
    _measure(sys.argv[1])
