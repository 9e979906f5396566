# SPDX-License-Identifier: Apache-2.0
"""What an ``async def`` executor returns, awaited in an event loop of its own.

``asyncio.run`` would wait at its end for all tasks and threads that are left, and so for ever where one is stuck.
"""

from __future__ import annotations

import contextvars
import inspect
import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

FOR_TASKS = 10.0
"""Seconds that tasks which are left have to end in, once they are cancelled."""


def awaited(returned: Any) -> Any:
    """The result of a coroutine; anything else as it is."""
    if not inspect.iscoroutine(returned):
        return returned
    return _in_a_thread(returned) if _is_in_a_loop() else _run(returned)


def _is_in_a_loop() -> bool:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_a_thread(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """For callers inside a loop, which cannot start another in the same thread; the context comes along."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(contextvars.copy_context().run, _run, coroutine).result()


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio

    loop, pid = asyncio.new_event_loop(), os.getpid()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(coroutine)
    finally:
        if os.getpid() == pid:  # a child that was forked shares what the loop of its parent waits for
            _close(loop)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    import asyncio

    try:
        loop.run_until_complete(_let_go(loop))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _let_go(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks that are left, and close generators; what does not end in time is left."""
    import asyncio

    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    generators = asyncio.ensure_future(loop.shutdown_asyncgens())
    await asyncio.wait({*tasks, generators}, timeout=FOR_TASKS)
