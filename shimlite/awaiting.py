# SPDX-License-Identifier: Apache-2.0
"""What an ``async def`` executor returns, awaited in an event loop of its own.

``asyncio.run`` would wait at its end for all tasks and threads that are left, and so for ever where one is stuck.
"""

from __future__ import annotations

import contextvars
import inspect
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
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(returned)
    return _in_a_thread(returned)


def _in_a_thread(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """For callers inside a loop, which cannot start another in the same thread; the context comes along."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(contextvars.copy_context().run, _run, coroutine).result()


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio

    loop = asyncio.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(coroutine)
    finally:
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
