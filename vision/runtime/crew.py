"""Work shared out among a few threads.

A network runs one picture on one thread, several pictures at once. That beats giving ONNX Runtime the threads for
each run: its small layers leave the second thread waiting (docs/performance.md), and what is ours around a network,
cutting pieces out of the photo above all, is shared out with it. OpenCV, MediaPipe and ONNX Runtime let other threads
run meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def single_blas() -> None:
    """Have NumPy's matrix products stay on their caller's thread, here if it is not loaded yet and in child processes.

    Ours are small: OpenBLAS's other threads would only spin, on processors that other work needs (a twentieth of a scan
    with two processes). A choice of the user's own, in the same variable, stays.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class Crew:
    """Some threads, started when there is work for them; they end with the object, or when it is closed."""

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ValueError(f"a crew needs 1 thread or more, got {threads}")
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, "fotonetral") if threads > 1 else None

    def close(self) -> None:
        """End the threads; work that still comes is done on the caller's own. Closing twice is fine."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def map(self, call: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
        """Return the answers in the order of the items. Raises what a call raises, once no other runs."""
        listed, pool = list(items), self._pool
        if pool is None or len(listed) < 2:
            return [call(item) for item in listed]
        answers: dict[int, Answer] = {}
        waiting = iter(enumerate(listed))

        def work() -> None:
            # Each takes the next item when it is free; `next` on one iterator is safe among threads.
            for index, item in waiting:
                answers[index] = call(item)

        tasks = [pool.submit(work) for _ in islice(listed, self.threads)]
        wait(tasks)
        for task in tasks:
            task.result()
        return [answers[index] for index in range(len(listed))]
