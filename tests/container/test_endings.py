# SPDX-License-Identifier: Apache-2.0
"""Whatever an executor leaves behind, its process leaves one file, and ends soon after it, with 0.

Each row of the tables is a process of its own.
"""

from __future__ import annotations

import pathlib
import re
import signal
import sys
import textwrap
from concurrent.futures import Future
from typing import Any

import pytest

from shimlite import to_literal
from shimlite._idl import LiteralMap
from shimlite.container.failures import LONGEST_CODE

from .endings import ANY, BREAKS, FILES, RECOVERABLE, SYSTEM, Outcome, Row, Runner, source

AT_ONCE = 8
"""Processes: many of them wait."""
AHEAD = 2 * AT_ONCE

# --- what an executor leaves behind, whether it then returns or raises ------------------------------------------------

AFTER_3_13 = sys.version_info >= (3, 14)
OF_A_LOOP = ANY if AFTER_3_13 else None
"""From Python 3.14 on a child that a coroutine forks has no running loop, which asyncio says on stderr."""
PRINTS = 'print("text\\n" * 20_000)\n'
POOLS = "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor"
STUCK = "threading.Thread(target=threading.Event().wait).start()\n"
ODD_STREAM = """
class Odd:
    encoding = "utf-8"
    def write(self, text):
        sys.exit(3)
    flush = fileno = write
    def __getattr__(self, name):
        sys.exit(4)
    def __del__(self):
        sys.exit(5)
"""
HANGING_STREAM = """
class Odd:
    def flush(self):
        while True:
            pass
    write = flush
"""
RAISING_HANDLER = """
def handler(number, frame):
    raise RuntimeError("from a handler")
"""
BLOCKED_WRITER = """
def write():
    print("text\\n" * 20_000, file=sys.{0}, flush=True)
threading.Thread(target=write, daemon=True).start()
time.sleep(0.1)
"""

WRITES_ON = """
os.close(1); os.close(2)
def work():
    while True:
        try:
            os.write(1, b"a line of a log")
        except OSError:
            pass
threading.Thread(target=work, daemon=True).start()
"""

STREAMS = {
    "stderr-full": Row("", stderr="full"),
    "stderr-gone": Row("", stderr="gone"),
    "stderr-stuck": Row("", stderr="stuck"),
    "stderr-stuck-and-not-blocking": Row("os.set_blocking(2, False)", stderr="stuck"),
    "stderr-stuck-in-another-thread": Row(BLOCKED_WRITER.format("stderr"), stderr="stuck"),
    "stderr-closed-from-the-start": Row("", stderr="closed"),
    "stderr-closed": Row("sys.stderr.close()", told=""),
    "stderr-descriptor-closed": Row("os.close(2)", told=""),
    "stderr-descriptor-another": Row('os.dup2(os.open("elsewhere", os.O_WRONLY | os.O_CREAT), 2)', told=""),
    "stderr-none": Row("sys.stderr = None"),
    "stderr-deleted": Row("del sys.stderr, sys.__stderr__"),
    "stderr-detached": Row("sys.stderr.detach()", told=""),
    "stderr-exits": Row("sys.stderr = Odd()", ODD_STREAM),
    "stderr-hangs": Row("sys.stderr = Odd()", HANGING_STREAM),
    "stderr-ascii": Row("", environment={"PYTHONIOENCODING": "ascii:strict"}),
    "stderr-of-an-unknown-encoding": Row("sys.stderr.reconfigure(encoding='utf-16')", told=ANY),
    "stdout-full": Row('print("text")', stdout="full"),
    "stdout-gone": Row('print("text")', stdout="gone"),
    "stdout-gone-and-sigpipe-by-default": Row(
        'signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nprint("text")', stdout="gone", stderr="gone"
    ),
    "stdout-stuck": Row('print("text")', stdout="stuck"),
    "stdout-stuck-in-another-thread": Row(BLOCKED_WRITER.format("stdout"), stdout="stuck"),
    "stdout-closed-from-the-start": Row('print("text")', stdout="closed"),
    "both-closed-from-the-start": Row('print("text")', stdout="closed", stderr="closed"),
    "both-full": Row('print("text")', stdout="full", stderr="full"),
    "stdout-closed": Row('print("text"); sys.stdout.close()', printed="text\n"),
    "stdout-descriptor-closed-and-written-to": Row(WRITES_ON, printed="", told=""),
    "stdout-descriptor-closed": Row('print("text"); os.close(1)', printed=""),
    "stdout-none": Row('print("text"); sys.stdout = None', printed="text\n"),
    "stdout-exits": Row('print("text"); sys.stdout = Odd()', ODD_STREAM, printed="text\n"),
    "stdout-hangs": Row('print("text"); sys.stdout = Odd()', HANGING_STREAM, printed="text\n"),
    "stdout-replaced": Row(
        'print("text"); sys.stdout = open("other", "w"); print("more")', printed="text\n", wrote={"other": "more\n"}
    ),
    "stdout-is-flushed": Row('print("text", end="")', printed="text"),
    "all-descriptors-closed": Row("os.closerange(0, 100)"),
    "all-but-the-first-descriptors-closed": Row("os.closerange(3, 100)"),
    "a-log-of-logging": Row(
        "import logging\nlogging.basicConfig(stream=sys.stdout)\nlogging.error('text')", printed="ERROR:root:text\n"
    ),
    "a-memory-handler-is-flushed": Row(
        """
        import logging, logging.handlers
        handler = logging.handlers.MemoryHandler(100, logging.CRITICAL, logging.FileHandler("log"))
        logging.getLogger("x").addHandler(handler)
        logging.getLogger("x").error("text")
        """,
        wrote={"log": "text\n"},
    ),
}

PLACES = {
    "elsewhere": Row('os.chdir("/")'),
    "a-removed-folder": Row('os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")'),
    "environment-cleared": Row("os.environ.clear()"),
    "environment-none": Row("os.environ = None"),
    "environment-changed": Row(
        "os.environ.update(FLYTE_FAIL_ON_ERROR='true', FLYTE_INTERNAL_DIST_ERROR_STRATEGY='x', _F_L_MIN_SIZE_MB='0')"
    ),
    "many-files-open": Row("keep.extend(open(f'{n}', 'w') for n in range(200))"),
    "a-file-not-closed": Row("keep.append(open('text', 'w')); keep[0].write('text')", wrote={"text": "text"}),
    "temporary-folder": Row(
        "keep.append(tempfile.TemporaryDirectory(dir='.')); os.symlink(keep[0].name, 'temporary')",
        "import tempfile",
    ),
    "umask": Row("os.umask(0o077)"),
}

THREADS = {
    "a-thread-that-ends": Row(
        """
        def work():
            time.sleep(1)
            open("done", "w").write("done")
        threading.Thread(target=work).start()
        """,
        wrote={"done": "done"},
        at_least=0.1,
    ),
    "a-stuck-thread": Row(STUCK, at_least=1),
    "many-stuck-threads": Row(STUCK * 30),
    "a-stuck-thread-that-prints": Row(
        """
        def work():
            while True:
                print("text")
        threading.Thread(target=work).start()
        """
    ),
    "a-busy-thread": Row("threading.Thread(target=exec, args=('while True: pass',), daemon=True).start()"),
    "a-thread-that-starts-others": Row(
        """
        def work():
            time.sleep(0.01)
            threading.Thread(target=work).start()
        work()
        """
    ),
    "a-thread-that-raises": Row("threading.Thread(target=exec, args=('1/0',)).start()", told=ANY),
    "a-thread-that-exits": Row("threading.Thread(target=sys.exit, args=(3,)).start()"),
    "a-thread-with-odd-attributes": Row(
        "Odd(target=time.sleep, args=(0.1,)).start()",
        """
        class Odd(threading.Thread):
            is_alive = join = property(lambda self: sys.exit(3))
        """,
    ),
    "a-timer": Row("threading.Timer(60, print).start()"),
    "an-idle-pool": Row("keep.append(ThreadPoolExecutor()); keep[0].submit(int)", POOLS),
    "a-stuck-future": Row(
        "keep.append(ThreadPoolExecutor()); keep[0].submit(threading.Event().wait)", POOLS
    ),
    "a-thread-that-interrupts": Row(
        """
        def work():
            for _ in range(100):
                time.sleep(0.5)
                _thread.interrupt_main()
                _thread.interrupt_main(signal.SIGALRM)
        threading.Thread(target=work, daemon=True).start()
        """ + STUCK.strip(),
        "import _thread",
    ),
    "a-thread-that-raises-in-the-main-one": Row(
        """
        def work():
            for _ in range(100):
                time.sleep(0.4)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(threading.main_thread().ident), ctypes.py_object(SystemExit))
        threading.Thread(target=work, daemon=True).start()
        """ + STUCK.strip(),
        "import ctypes",
        told=ANY,
    ),
    "the-end-of-threads-replaced": Row("threading._shutdown = sys.exit"),
    "a-clock-that-stands": Row("time.monotonic = lambda: 0.0\n" + STUCK),
    "a-watchdog": Row("import faulthandler; faulthandler.dump_traceback_later(0.7, exit=True)\n" + STUCK, at_least=1),
}  # fmt: skip

CHILDREN = {
    "a-process": Row("import subprocess; subprocess.Popen(['sleep', '60'])"),
    "a-process-with-other-streams": Row(
        "import subprocess; subprocess.Popen(['sleep', '60'], stdout=-3, stderr=-3, stdin=-3)"
    ),
    "a-process-that-is-waited-for-in-a-thread": Row(
        "import subprocess; threading.Thread(target=subprocess.Popen(['sleep', '60']).wait).start()"
    ),
    "a-child-of-multiprocessing": Row(
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=time.sleep, args=(60,)).start()"
    ),
    "a-daemon-of-multiprocessing": Row(
        "import multiprocessing as m\nm.get_context('fork').Process(target=time.sleep, args=(60,), daemon=True).start()"
    ),
    "a-pool-of-processes": Row(
        """
        import multiprocessing
        keep.append(ProcessPoolExecutor(1, multiprocessing.get_context("fork")))
        keep[0].submit(time.sleep, 60)
        time.sleep(0.1)
        """,
        POOLS,
    ),
    "a-child-that-returns": Row("if os.fork() == 0: return 2"),
    "a-child-that-returns-first": Row(
        """
        child = os.fork()
        if child == 0:
            return 2
        open("status", "w").write(str(os.waitpid(child, 0)[1]))
        """,
        wrote={"status": "0"},
    ),
    "a-child-that-raises": Row(
        """
        child = os.fork()
        if child == 0:
            raise ValueError("in the child")
        open("status", "w").write(str(os.waitpid(child, 0)[1]))
        """,
        wrote={"status": "256"},
    ),
    "a-child-that-exits": Row(
        """
        child = os.fork()
        if child == 0:
            sys.exit(7)
        open("status", "w").write(str(os.waitpid(child, 0)[1]))
        """,
        wrote={"status": "1792"},
    ),
    "a-child-that-exits-with-words": Row(
        """
        child = os.fork()
        if child == 0:
            sys.exit("words")
        open("status", "w").write(str(os.waitpid(child, 0)[1]))
        """,
        wrote={"status": "256"},
    ),
    "a-child-that-exits-with-an-odd-code": Row(
        """
        child = os.fork()
        if child == 0:
            sys.exit(10**30)
        os.waitpid(child, 0)
        """,
    ),
    "a-child-that-ignores-outputs": Row(
        """
        import shimlite
        child = os.fork()
        if child == 0:
            raise shimlite.IgnoreOutputs
        os.waitpid(child, 0)
        """,
    ),
    "a-child-that-forks": Row("if os.fork() == 0:\n    os.fork()\n    return 2\ntime.sleep(0.1)"),
    "a-child-that-gets-sigterm": Row(
        """
        child = os.fork()
        if child == 0:
            time.sleep(60)
        time.sleep(0.1)
        os.kill(child, signal.SIGTERM)
        open("status", "w").write(str(os.waitpid(child, 0)[1]))
        """,
        wrote={"status": "15"},
    ),
    "a-child-of-a-thread": Row("thread = threading.Thread(target=os.fork); thread.start(); thread.join()"),
    "a-child-of-a-pool": Row("with ThreadPoolExecutor(1) as pool: pool.submit(os.fork).result()", POOLS),
    "a-child-while-imported": Row("", "os.fork()"),
    "a-child-while-imported-that-raises": Row("", "if os.fork() == 0: 1 / 0"),
    "a-child-of-init": Row("", "class Base:\n    def __init__(self): os.fork()\n"),
    "a-child-of-an-exit-handler": Row("atexit.register(os.fork)", told=ANY),
    "a-child-of-async": Row("if os.fork() == 0: return 2", is_async=True, told=OF_A_LOOP),
}

HANDLERS = {
    "a-stopped-clock-and-an-exit-handler-that-goes-on": Row(
        """
        def go_on():
            while True:
                try:
                    time.sleep(1)
                except BaseException:
                    pass
        atexit.register(go_on)
        time.monotonic = time.time = lambda: 5.0
        """,
        at_least=1,
    ),
    "an-exit-handler": Row(
        "atexit.register(lambda: open('done', 'w').write(threading.current_thread().name))",
        wrote={"done": "MainThread"},
    ),
    "an-exit-handler-that-hangs-among-others": Row(
        """
        atexit.register(lambda: open("first", "w").write("done"))
        atexit.register(threading.Event().wait)
        atexit.register(lambda: open("last", "w").write("done"))
        """,
        wrote={"first": "done", "last": "done"},
    ),
    "an-exit-handler-that-is-busy": Row("atexit.register(exec, 'while True: pass')"),
    "an-exit-handler-that-swallows": Row(
        """
        def handler():
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        atexit.register(handler)
        """,
    ),
    "an-exit-handler-that-raises": Row(
        "atexit.register(lambda: open('done', 'w').write('done'))\natexit.register(exec, '1/0')",
        wrote={"done": "done"}, told=ANY,
    ),
    "an-exit-handler-that-exits": Row(
        "atexit.register(lambda: open('done', 'w').write('done'))\natexit.register(sys.exit, 5)",
        wrote={"done": "done"}, told=ANY,
    ),
    "an-exit-handler-that-terminates": Row("atexit.register(os.kill, os.getpid(), signal.SIGTERM)"),
    "an-exit-handler-that-prints": Row("atexit.register(print, 'text')", printed="text\n"),
    "exit-handlers-of-threads": Row(
        "threading._register_atexit(lambda: open('done', 'w').write('done'))", wrote={"done": "done"}
    ),
    "exit-handlers-of-threads-that-hang": Row("threading._register_atexit(threading.Event().wait)"),
    "an-exit-handler-after-a-stuck-thread": Row(
        "atexit.register(lambda: open('done', 'w').write('done'))\n" + STUCK, wrote={"done": "done"}, at_least=1
    ),
    "a-finalizer": Row(
        "weakref.finalize(E, lambda: open('done', 'w').write('done'))", "import weakref", wrote={"done": "done"}
    ),
}  # fmt: skip

SIGNALS = {
    "an-alarm": Row("signal.signal(signal.SIGALRM, handler); signal.alarm(1)\n" + STUCK, RAISING_HANDLER, at_least=1.2),
    "an-alarm-by-default": Row("signal.alarm(1)\n" + STUCK, at_least=1.2),
    "a-timer-of-the-system": Row(
        "signal.signal(signal.SIGALRM, handler); signal.setitimer(signal.ITIMER_REAL, 1, 0.1)\n" + STUCK,
        RAISING_HANDLER,
        at_least=1,
    ),
    "a-profiling-timer": Row(
        "signal.signal(signal.SIGPROF, handler); signal.setitimer(signal.ITIMER_PROF, 0.5, 0.1)", RAISING_HANDLER
    ),
    "handlers-that-raise": Row(
        "[signal.signal(one, handler) for one in signal.valid_signals() - {9, 19, 32, 33}]", RAISING_HANDLER,
    ),
    "handlers-by-default": Row(
        "[signal.signal(one, signal.SIG_DFL) for one in signal.valid_signals() - {9, 19, 32, 33}]\n" + STUCK,
        at_least=1,
    ),
    "all-signals-blocked": Row("signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n" + STUCK,
                               at_least=1),
    "a-handler-for-children": Row(
        """
        import subprocess
        signal.signal(signal.SIGCHLD, handler)
        subprocess.Popen(["sleep", "0.3"])
        """ + STUCK,
        RAISING_HANDLER,
    ),
    "a-pipe-for-signals": Row("reader, writer = os.pipe(); os.set_blocking(writer, False)\n"
                              "signal.set_wakeup_fd(writer); os.close(writer); os.close(reader)"),
}  # fmt: skip

USES_UP_MEMORY = """
import resource
def fill(things, hard=None):
    now = int(open("/proc/self/statm").read().split()[0]) * 4096
    most = resource.RLIM_INFINITY if hard is None else now + hard
    resource.setrlimit(resource.RLIMIT_AS, (now + 2**27, most))
    for size in (2**24, 2**20, 2**16, 2**12, 2**8, 2**5):
        try:
            while True:
                things.append(bytearray(size))
        except MemoryError:
            pass
"""

LIMITS = {
    "no-memory-in-globals": Row("fill(keep, hard=2**27)", USES_UP_MEMORY),
    "no-memory-in-locals": Row("keep = []\nfill(keep)", USES_UP_MEMORY),
    "no-descriptors-in-globals": Row("fill()", """
        import resource
        def fill():
            resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
            try:
                while True:
                    keep.append(os.open("/dev/null", 0))
            except OSError:
                pass
        """),
    "no-descriptors-in-locals": Row("""
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        keep = []
        try:
            while True:
                keep.append(os.open("/dev/null", 0))
        except OSError:
            pass
        """),
    "no-size-of-files": Row("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))"),
    "no-processor-time": Row("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))\n"
                             "threading.Thread(target=exec, args=('while True: pass',), daemon=True).start()\n"
                             + STUCK),
    "no-recursion": Row("sys.setrecursionlimit(50)"),
    "recursion-up-to-here": Row("""
        for limit in range(10, 100):
            try:
                sys.setrecursionlimit(limit)
                break
            except RecursionError:
                pass
        """),
}  # fmt: skip

INTERNALS = {
    "hooks-that-exit": Row(
        "sys.excepthook = sys.unraisablehook = threading.excepthook = sys.exit\natexit.register(exec, '1/0')", told=ANY
    ),
    "hooks-that-are-none": Row(
        "sys.excepthook = sys.unraisablehook = threading.excepthook = None\natexit.register(exec, '1/0')", told=ANY
    ),
    "hooks-deleted": Row("del sys.excepthook, sys.unraisablehook, threading.excepthook"),
    "exit-replaced": Row("sys.exit = os.abort"),
    "a-trace-that-raises": Row("sys.settrace(trace); sys.setprofile(trace)", """
        def trace(frame, event, argument):
            if frame.f_code.co_name not in ("execute_from_model", "trace"):
                raise RuntimeError("from a trace")
        """),
    "no-modules": Row("sys.modules.clear()"),
    "no-path": Row("sys.path.clear(); sys.meta_path.clear()"),
    "arguments-changed": Row("sys.argv.clear()"),
    "a-collector-that-is-off": Row("import gc; gc.disable()"),
    "garbage-that-exits": Row("keep = Odd(); keep.itself = keep; del keep", """
        class Odd:
            def __del__(self):
                sys.exit(3)
        """, told=ANY),
    "streams-and-exit-handlers-and-threads": Row(
        "print('text'); atexit.register(threading.Event().wait); sys.stdout = Odd()\n" + STUCK, HANGING_STREAM
    ),
}  # fmt: skip

ASYNC = {
    "async": Row("", is_async=True),
    "leftover-tasks": Row(
        "import asyncio; keep.append(asyncio.create_task(asyncio.sleep(60)))", is_async=True
    ),
    "a-stuck-task-in-a-pool": Row(
        "import asyncio; asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)", is_async=True
    ),
    "a-fork-in-a-coroutine": Row(
        """
        import asyncio
        if os.fork() == 0:
            return 2
        await asyncio.to_thread(time.sleep, 0.3)
        """,
        is_async=True,
        told=OF_A_LOOP,
    ),
    "a-fork-in-a-coroutine-that-raises": Row(
        """
        import asyncio
        if os.fork() == 0:
            raise KeyError
        await asyncio.to_thread(time.sleep, 0.3)
        """,
        is_async=True,
        told=OF_A_LOOP,
    ),
    "a-loop-that-is-stopped": Row("import asyncio; asyncio.get_running_loop().set_debug(True)", is_async=True,
                                  told=ANY),
}  # fmt: skip

LEFT = {**STREAMS, **PLACES, **THREADS, **CHILDREN, **HANDLERS, **SIGNALS, **LIMITS, **INTERNALS, **ASYNC}
EITHER = ("a-trace-that-raises", "no-modules", "recursion-up-to-here")
"""What breaks the interpreter itself: one of the two files, whichever."""


def returning(name: str, row: Row) -> Row:
    return row._replace(does=f"{_dedented(row.does)}\nreturn 1", files=None if name in EITHER else ("outputs.pb",))


def raising(name: str, row: Row) -> Row:
    words = "it broke für immer" if name == "stderr-ascii" else "it broke"
    return row._replace(
        does=f"{_dedented(row.does)}\nraise ValueError('{words}')",
        files=None if name in EITHER else ("error.pb",),
        end=f"\nMessage:\n\n    ValueError: {words}\n",
    )


def _dedented(text: str) -> str:
    return textwrap.dedent(text).strip()


# --- what an executor raises ------------------------------------------------------------------------------------------

USER_ERROR = "\nMessage:\n\n    {}\n"
FLYTEKIT = """
import types
def module(name, **names):
    made = sys.modules[name] = types.ModuleType(name)
    for key, value in names.items():
        value.__module__ = name
        setattr(made, key, value)
class FlyteException(Exception):
    _ERROR_CODE = "UnknownFlyteException"
    def __init__(self, *args, timestamp=None):
        super().__init__(*args)
        self._timestamp = timestamp
    @property
    def timestamp(self):
        return self._timestamp
class FlyteUserException(FlyteException):
    _ERROR_CODE = "USER:Unknown"
class FlyteUserRuntimeException(FlyteException):
    def __init__(self, exc_value, timestamp=None):
        super().__init__(str(exc_value), timestamp=timestamp)
        self._exc_value = exc_value
    @property
    def value(self):
        return self._exc_value
class Recoverable(FlyteException):
    pass
Recoverable.__name__ = Recoverable.__qualname__ = "FlyteRecoverableException"
class FlyteRecoverableException(FlyteUserException, Recoverable):
    pass
class FlyteNonRecoverableSystemException(FlyteException):
    def __init__(self, exc_value):
        super().__init__(str(exc_value))
        self._exc_value = exc_value
    value = property(lambda self: self._exc_value)
class IgnoreOutputs(Exception):
    pass
module("flytekit.exceptions.base", FlyteException=FlyteException, FlyteRecoverableException=Recoverable)
module("flytekit.exceptions.user", FlyteUserRuntimeException=FlyteUserRuntimeException,
    FlyteUserException=FlyteUserException, FlyteRecoverableException=FlyteRecoverableException)
module("flytekit.exceptions.system", FlyteNonRecoverableSystemException=FlyteNonRecoverableSystemException)
module("flytekit.core.base_task", IgnoreOutputs=IgnoreOutputs)
"""


def odd(members: str, base: str = "Exception", raised: str = 'raise Odd("text")', **more: Any) -> Row:
    """A class of exceptions with these members, and its instance raised."""
    body = textwrap.indent(textwrap.dedent(members).strip(), " " * 4)
    return Row(raised, f"{more.pop('before', '')}\nclass Odd({base}):\n{body}\n", **more)


def text_of(members: str, says: str, **more: Any) -> Row:
    return odd(members, end=USER_ERROR.format(f"Odd: <its text cannot be made: {says}>"), **more)


TEXTS = {
    "a-text-that-exits": text_of("def __str__(self): sys.exit(3)", "SystemExit"),
    "a-text-that-recurses": text_of("def __str__(self): return str(self)", "RecursionError"),
    "a-text-that-has-no-memory": text_of("def __str__(self): raise MemoryError", "MemoryError"),
    "a-text-that-is-none": text_of("def __str__(self): return None", "TypeError"),
    "a-text-that-interrupts": text_of(
        "def __str__(self): os.kill(os.getpid(), signal.SIGINT); return 'said'", ""
    )._replace(end=USER_ERROR.format("Odd: said")),
    "a-text-that-forks": odd(
        "def __str__(self): return 'parent' if os.fork() else time.sleep(0.3) or 'child'",
        end=USER_ERROR.format("Odd: parent"),
    ),
    "a-text-that-takes-no-notice": odd(
        """
        def __str__(self):
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        """,
        message="the executor failed, and nothing more can be said of it",
    ),
    "a-text-that-hangs": odd(
        "def __str__(self):\n    while True: pass", end=USER_ERROR.format("Odd: <its text cannot be made: TimeIsUp>")
    ),
    "a-text-that-raises-itself": text_of("def __str__(self): raise self", "Odd"),
    "a-text-of-a-class-of-its-own": odd(
        "def __str__(self): return Text('said')",
        before="""
class Text(str):
    def encode(self, *arguments): sys.exit(3)
    def splitlines(self, *arguments): sys.exit(3)
    def __str__(self): sys.exit(3)
    def __format__(self, spec): sys.exit(3)
    def __radd__(self, other): sys.exit(3)
""",
        end="",
    ),
    "a-repr-that-exits": odd("def __repr__(self): sys.exit(3)", end=USER_ERROR.format("Odd: text")),
    "arguments-that-exit": Row(
        "raise ValueError(Odd())",
        "class Odd:\n    def __repr__(self): sys.exit(3)\n",
        end=USER_ERROR.format("ValueError: <its text cannot be made: SystemExit>"),
    ),
    "a-lone-surrogate": Row("raise ValueError('\\ud800')", end=USER_ERROR.format("ValueError: \\ud800")),
    "no-text": Row("raise ValueError", end=USER_ERROR.format("ValueError: ")),
    "nul-in-the-text": Row("raise ValueError('a\\0b')", end="b\n"),
    "a-keyerror-of-lines": Row("raise KeyError('a\\nb')", end=USER_ERROR.format("KeyError: 'a\\nb'")),
    "umlauts": Row("raise ValueError('müßig ☃ 🐍')", end=USER_ERROR.format("ValueError: müßig ☃ 🐍")),
}

ATTRIBUTES = {
    "attributes-that-recurse": odd("def __getattr__(self, name): return getattr(self, name + 'x')",
                                   end=USER_ERROR.format("Odd: text")),
    "attributes-that-exit": odd("def __getattribute__(self, name): sys.exit(3)", end=USER_ERROR.format("Odd: text")),
    "attributes-that-are-anything": odd("def __getattr__(self, name): return Any()", before="""
class Any:
    def __getattr__(self, name): return self
    def __call__(self, *arguments): return self
    def __bool__(self): sys.exit(3)
    def __iter__(self): return self
    def __next__(self): sys.exit(4)
""", end=USER_ERROR.format("Odd: text")),
    "eq-and-hash-that-exit": odd("""
        def __eq__(self, other): sys.exit(3)
        def __hash__(self): sys.exit(3)
        def __bool__(self): sys.exit(3)
        def __len__(self): sys.exit(3)
        """, raised="""
        try:
            raise Odd("text")
        except Odd as error:
            raise Odd("text") from error
        """, end=USER_ERROR.format("Odd: text")),
    **{
        f"{name.strip('_')}-that-{verb}": odd(f"{name} = property(lambda self: {does})",
                                              end=USER_ERROR.format("Odd: text"))
        for name in ("__class__", "__cause__", "__context__", "__traceback__", "__notes__", "__suppress_context__",
                     "error_code", "timestamp", "args", "value", "exceptions")
        for verb, does in (("exits", "sys.exit(3)"), ("lies", "[self, 0]"))
    },
    "another-class": odd("__class__ = property(lambda self: IgnoreOutputs)",
                         before="from shimlite import IgnoreOutputs", end=USER_ERROR.format("Odd: text")),
    "a-cause-that-is-itself": Row("error = ValueError('text')\nerror.__cause__ = error\nraise error",
                                  end=USER_ERROR.format("ValueError: text")),
    "a-circle-of-causes": Row("a, b = ValueError('a'), KeyError('b')\na.__cause__, b.__cause__ = b, a\nraise a",
                              end=USER_ERROR.format("ValueError: a")),
    "a-long-chain-of-causes": Row("""
        error = last = ValueError("text")
        for number in range(10_000):
            last.__cause__ = KeyError(number)
            last = last.__cause__
        raise error
        """, end=USER_ERROR.format("ValueError: text")),
    "a-long-chain-of-contexts": Row("""
        error = last = ValueError("text")
        for number in range(2_000):
            last.__context__ = KeyError(number)
            last = last.__context__
        raise error
        """, end=USER_ERROR.format("ValueError: text")),
    "notes-that-are-anything": odd("__notes__ = [1, 'a note', b'x', None]", end=USER_ERROR.format("Odd: text")),
    "an-odd-syntaxerror": Row("raise SyntaxError('text', ('a' * 500, -5, 10**20, 'b', object(), sys))", end="\n"),
    "a-syntaxerror-of-odd-attributes": Row("""
        error = SyntaxError("text")
        error.filename = error.lineno = error.text = error.offset = error.msg = error.print_file_and_line = Odd()
        raise error
        """, "class Odd:\n    def __getattr__(self, name): sys.exit(3)\n    __str__ = __int__ = __getattr__\n"),
    "a-deep-stack": Row("""
        def deeper(depth):
            if depth:
                deeper(depth - 1)
            raise ValueError("text")
        deeper(900)
        """, end=USER_ERROR.format("ValueError: text")),
    "endless-recursion": Row("def deeper(): deeper()\ndeeper()",
                             end=USER_ERROR.format("RecursionError: maximum recursion depth exceeded")),
    "a-source-that-is-gone": Row("os.unlink(__file__)\nraise ValueError('text')",
                                 end=USER_ERROR.format("ValueError: text")),
    "a-source-of-a-loader-that-exits": Row("raise ValueError('text')", """
        class Loader:
            def get_source(self, name): sys.exit(3)
        __loader__ = Loader()
        """, end=USER_ERROR.format("ValueError: text")),
}  # fmt: skip
if sys.version_info >= (3, 11):
    ATTRIBUTES["a-deep-group"] = Row("""
        error = ValueError("text")
        for _ in range(1_000):
            error = ExceptionGroup("group", [error])
        raise error
        """, end=USER_ERROR.format("ExceptionGroup: group (1 sub-exception)"))  # fmt: skip

META = """
class Meta(type):
    {} = property(lambda cls: {})
"""
CLASSES = {
    **{
        f"a-metaclass-whose-{name.strip('_')}-{verb}": odd(
            "pass", "Exception, metaclass=Meta", before=META.format(name, does), end=USER_ERROR.format("Odd: text"),
            code="0" if (name, verb) == ("error_code", "lies") else "USER:RuntimeError",
        )
        for name in ("__name__", "__module__", "__mro__", "__bases__", "error_code", "__class__")
        for verb, does in (("exits", "sys.exit(3)"), ("lies", "0"))
    },
    "a-metaclass-of-odd-checks": odd("pass", "Exception, metaclass=Meta", before="""
class Meta(type):
    def __instancecheck__(cls, instance): sys.exit(3)
    __eq__ = __instancecheck__
    __hash__ = type.__hash__
    def __getattribute__(cls, name): sys.exit(4)
""", end=USER_ERROR.format("Odd: text")),
    "a-metaclass-that-python-asks": odd("pass", "Exception, metaclass=Meta", before="""
class Meta(type):
    def __subclasscheck__(cls, subclass): sys.exit(3)
"""),
    "a-module-that-is-no-text": odd("__module__ = 5", end=USER_ERROR.format("Odd: text")),
    "a-module-that-is-gone": odd("pass", raised="del Odd.__module__\nraise Odd('text')", end=""),
    "a-long-name": Row("raise type('N' * 10_000, (Exception,), {})('text')",
                       end=USER_ERROR.format("N" * 100 + "…: text")),
    "a-name-of-lines": Row("raise type('A\\nB', (Exception,), {})('text')", end=": text\n"),
}  # fmt: skip

CODES = {
    "a-code": odd("error_code = 'MINE'", code="MINE", end=USER_ERROR.format("Odd: text")),
    "a-code-with-nul": odd("error_code = 'A\\0B'", code="A\\x00B"),
    "a-code-of-lines": odd("error_code = 'A\\nB\\x1b'", code="A B\\x1b"),
    "a-long-code": odd("error_code = 'ü' * 1_000", code="ü" * (LONGEST_CODE // 2)),
    "a-code-of-surrogates": odd("error_code = '\\ud800'", code="\\ud800"),
    "an-empty-code": odd("error_code = ''"),
    "a-number": odd("error_code = 42", code="42"),
    "a-code-of-a-class-of-its-own": odd(
        "error_code = Odd_(7)",
        before="""
class Odd_(int):
    def __str__(self): sys.exit(3)
""",
        code="7",
    ),
    "a-bool": odd("error_code = True", code="1"),
    "a-member-of-an-enum": odd(
        "error_code = Codes.MINE", code="MY:Code", before="import enum\nclass Codes(str, enum.Enum): MINE = 'MY:Code'"
    ),
    "a-status-of-http": odd("error_code = http.HTTPStatus.NOT_FOUND", code="404", before="import http"),
    "a-huge-number": odd("error_code = 10**5_000"),
}

KINDS = {
    "an-exit": Row("sys.exit(0)", end=USER_ERROR.format("SystemExit: 0")),
    "an-interrupt": Row("raise KeyboardInterrupt", code="SYSTEM:Interrupted", kind=RECOVERABLE, origin=SYSTEM),
    "the-end-of-a-generator": Row("raise GeneratorExit", end=USER_ERROR.format("GeneratorExit: ")),
    "the-end-of-an-iteration": Row("raise StopIteration(5)", end=USER_ERROR.format("StopIteration: 5")),
    "the-end-of-an-iteration-in-async": Row("raise StopIteration(5)", is_async=True,
                                            end=USER_ERROR.format("RuntimeError: coroutine raised StopIteration")),
    "an-exit-in-async": Row("sys.exit(3)", is_async=True, end=USER_ERROR.format("SystemExit: 3")),
    "a-cancellation": Row("import asyncio; raise asyncio.CancelledError", end=USER_ERROR.format("CancelledError: ")),
    "a-cancellation-in-async": Row("import asyncio; raise asyncio.CancelledError", is_async=True,
                                   end=USER_ERROR.format("CancelledError: ")),
    "a-baseexception": odd("pass", "BaseException", end=USER_ERROR.format("Odd: text")),
    "no-memory": Row("raise MemoryError", code="USER:MemoryError", kind=RECOVERABLE),
    "a-brokenpipeerror": Row("raise BrokenPipeError('text')", end=USER_ERROR.format("BrokenPipeError: text")),
    "a-systemerror": Row("raise SystemError('text')", end=USER_ERROR.format("SystemError: text")),
    "an-import-that-interrupts": Row(module="raise KeyboardInterrupt", code="SYSTEM:Interrupted", kind=RECOVERABLE,
                                     origin=SYSTEM),
    "recoverable": Row("import shimlite; raise shimlite.FlyteRecoverableException('again', timestamp=1.5)",
                       code="USER:Recoverable", kind=RECOVERABLE,
                       end=USER_ERROR.format("FlyteRecoverableException: again")),
    "recoverable-of-flytekit": Row("raise FlyteRecoverableException('again', timestamp=1.5)", FLYTEKIT,
                                   code="USER:Recoverable", kind=RECOVERABLE,
                                   end=USER_ERROR.format("FlyteRecoverableException: again")),
    "recoverable-of-a-subclass": Row("raise Mine('again')", FLYTEKIT + "class Mine(FlyteRecoverableException): pass",
                                     code="USER:Recoverable", kind=RECOVERABLE, end=USER_ERROR.format("Mine: again")),
    "the-base-of-recoverable": Row("raise Recoverable('again')", FLYTEKIT,
                                   end=USER_ERROR.format("FlyteRecoverableException: again")),
    "a-users-error-of-flytekit": Row("raise FlyteUserException('text', timestamp=1.5)", FLYTEKIT,
                                     end=USER_ERROR.format("FlyteUserException: text")),
    "around-an-error": Row("""
        try:
            raise ValueError("text")
        except ValueError as error:
            raise FlyteUserRuntimeException(error, timestamp=2.5) from error
        """, FLYTEKIT, end=USER_ERROR.format("ValueError: text")),
    "around-a-code": Row("raise FlyteUserRuntimeException(Odd('text'))",
                         FLYTEKIT + "class Odd(Exception): error_code = 'MINE'", code="MINE"),
    "around-recoverable": Row("raise FlyteUserRuntimeException(FlyteRecoverableException('again', timestamp=1.5))",
                              FLYTEKIT, code="USER:Recoverable", kind=RECOVERABLE),
    "around-nothing": Row("raise FlyteUserRuntimeException(None)", FLYTEKIT),
    "of-flytekits-system": Row("raise FlyteNonRecoverableSystemException(ValueError('text'))", FLYTEKIT,
                               code="SYSTEM", origin=SYSTEM, end=USER_ERROR.format("ValueError: text")),
    "ignored-outputs": Row("import shimlite; raise shimlite.IgnoreOutputs", files=()),
    "ignored-outputs-of-flytekit": Row("raise IgnoreOutputs", FLYTEKIT, files=()),
    "around-ignored-outputs": Row("raise FlyteUserRuntimeException(IgnoreOutputs())", FLYTEKIT, files=()),
}  # fmt: skip

TIMES = {
    "a-text-that-takes-no-notice": 0,
    "recoverable": 1.5,
    "recoverable-of-flytekit": 1.5,
    "around-recoverable": 1.5,
    "a-users-error-of-flytekit": 1.5,
}
RAISED = {**TEXTS, **ATTRIBUTES, **CLASSES, **CODES, **KINDS}

# --- what surrounds the process ---------------------------------------------------------------------------------------

NO_EXTRA = {"obstore.py": "raise ModuleNotFoundError('there is none', name='obstore')"}
HOPELESS: dict[str, tuple[dict[str, str], str, str]] = {
    f"{option}-{uri.partition(':')[0]}": ({option: uri}, code, message)
    for option in ("template", "inputs")
    for uri, code, message in (
        ("inline2://taskTemplate", "USER:UriError", "cannot reach inline2://; only local paths, file://, s3://, "
         "s3a://, gs://, abfs://, abfss://, az://, http://, https://"),
        ("data2://x", "USER:UriError", "cannot reach data2://; only local paths, file://, s3://, s3a://, gs://, "
         "abfs://, abfss://, az://, http://, https://"),
        ("s3:/x", "USER:ArgumentsError", "arguments: 's3:/x' is neither a path nor a URI"),
    )
}  # fmt: skip

HOPELESS["template-inline"] = (
    {"template": "inline://taskTemplate"},
    "USER:TemplateError",
    (
        "template: it must be asked for, and _U_EP_OVERRIDE does not say of whom; the operator sets _U_EP_OVERRIDE "
        "(plugins.k8s.default-env-vars); a data: URI in the task's arguments asks nobody"
    ),
)
HOPELESS["inputs-inline"] = (
    {"inputs": "inline://inputs"},
    "USER:UriError",
    (
        "cannot reach inline://; only local paths, file://, s3://, s3a://, gs://, abfs://, abfss://, az://, http://, "
        "https://"
    ),
)
HOPELESS["template-data"] = {"template": "data:;base64,A"}, "USER:UriError", "a data: URI whose content is no base64"
HOPELESS["inputs-data"] = (
    {"inputs": "data:,x"},
    "USER:ArgumentsError",
    ("arguments: 'data:,x' is neither a path nor a URI"),
)

SURROUNDINGS = {
    **{
        name: Row(options=options, code=code, message=message, files=("error.pb",))
        for name, (options, code, message) in HOPELESS.items()
    },
    "checkpoint-data2": Row("import shimlite; shimlite.current_context().checkpoint.read()",
                            options={"prev-checkpoint": "data2://x"}, code="USER:UriError"),
    "raw-output-data2": Row(
        "import shimlite; shimlite.current_context().file_access.put_data('task.pb', 'data2://x')",
        options={"raw-output-data-prefix": "data2://x"}, code="USER:UriError",
    ),
    **{
        f"{option}-without-a-slash": Row(options={option: "s3:/x"}, code="USER:ArgumentsError",
                                         message="arguments: 's3:/x' is neither a path nor a URI")
        for option in ("raw-output-data-prefix", "checkpoint-path", "prev-checkpoint")
    },
    **{
        f"{option}-without-the-extra": Row(options={option: "s3://b/x"}, beside=NO_EXTRA, code="USER:MissingExtraError")
        for option in ("template", "inputs")
    },
    "output-prefix-without-the-extra": Row(options={"output-prefix": "s3://b/x"}, beside=NO_EXTRA, files=(), exits=1,
                                           told=ANY),
    "output-prefix-at-the-root": Row(options={"output-prefix": "file:///"}, files=(), exits=2, told=ANY),
    "template-missing": Row(options={"template": "nowhere.pb"}, code="SYSTEM:StorageError", kind=RECOVERABLE,
                            origin=SYSTEM),
    "inputs-missing": Row(options={"inputs": "nowhere.pb"}, code="SYSTEM:StorageError", kind=RECOVERABLE,
                          origin=SYSTEM),
    "worker": Row("raise ValueError('text')", files=None,
                  environment={"FLYTE_INTERNAL_DIST_ERROR_STRATEGY": "x", "FLYTE_INTERNAL_WORKER_NAME": b"w\xff"}),
    "fails-on-error": Row("raise ValueError('text')", environment={"FLYTE_FAIL_ON_ERROR": "true"}, exits=1),
    "fails-on-error-and-stuck": Row(STUCK + "raise ValueError('text')", environment={"FLYTE_FAIL_ON_ERROR": "1"},
                                    exits=1),
}  # fmt: skip

WAITS = STUCK + "atexit.register(threading.Event().wait)\n"
SENT = {
    "sigterm-returns": Row(WAITS + "return 1", sends=signal.SIGTERM, within=3, files=("outputs.pb",)),
    "sigterm-raises": Row(WAITS + BREAKS, sends=signal.SIGTERM, within=3),
    "sigterm-fails-on-error": Row(WAITS + BREAKS, sends=signal.SIGTERM, within=3, exits=1,
                                  environment={"FLYTE_FAIL_ON_ERROR": "true"}),
    "sigterm-when-blocked": Row(
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n" + WAITS + "return 1",
        sends=signal.SIGTERM, within=3, files=("outputs.pb",),
    ),
    "sigterm-when-it-has-its-default": Row(
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n" + WAITS + "return 1",
        sends=signal.SIGTERM, within=3, files=("outputs.pb",),
    ),
    "sigterm-in-a-stuck-write": Row(BLOCKED_WRITER.format("stderr") + BREAKS, sends=signal.SIGTERM, within=3,
                                    stderr="stuck"),
    "sigint-returns": Row(STUCK + "return 1", sends=signal.SIGINT, files=("outputs.pb",)),
    "sighup-returns": Row(STUCK + "return 1", sends=signal.SIGHUP, files=("outputs.pb",)),
    "sigalrm-returns": Row(STUCK + "return 1", sends=signal.SIGALRM, files=("outputs.pb",)),
    "sigusr1-returns": Row(STUCK + "return 1", sends=signal.SIGUSR1, files=("outputs.pb",), told=ANY),
}  # fmt: skip

FRESH = {name for name, row in STREAMS.items() if {row.stdout, row.stderr} != {"file"} or row.environment} | {*LIMITS}
ROWS: dict[str, Row] = {
    **{f"{name}-returns": returning(name, row)._replace(is_forked=name not in FRESH) for name, row in LEFT.items()},
    **{f"{name}-raises": raising(name, row)._replace(is_forked=name not in FRESH) for name, row in LEFT.items()},
    **{name: row._replace(is_forked=True) for name, row in RAISED.items()},
    **SURROUNDINGS,
    **SENT,
}
WITHOUT_THREADS = r"(the process ends without \d+ of its threads\n)?"


class Outcomes:
    """Runs a row when its outcome is asked for, and with it the rows whose tests follow: many of them wait.

    Where several processes run the tests, each runs only the rows of its own, and a few more.
    """

    def __init__(self, runner: Runner, folder: pathlib.Path, names: list[str]) -> None:
        self._runner = runner
        self._folder = folder
        self._names = names
        self._running: dict[str, Future[Outcome]] = {}

    def of(self, name: str) -> Outcome:
        at = self._names.index(name)
        for one in self._names[at : at + AHEAD]:
            if one not in self._running:
                self._running[one] = self._runner.submit(ROWS[one], self._folder / one)
        return self._running[name].result()


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory):
    names = [item.callspec.params["name"] for item in request.session.items if item.path == request.path]
    with Runner(AT_ONCE) as runner:
        yield Outcomes(runner, tmp_path_factory.mktemp("endings"), names)


@pytest.mark.parametrize("name", ROWS)
def test_one_file_and_a_quick_end(outcomes, name):
    row, outcome = ROWS[name], outcomes.of(name)
    if row.files is None:
        assert len(outcome.files) == 1
        assert re.fullmatch("|".join((*map(re.escape, FILES), r"error-[0-9a-f]{32}\.pb")), outcome.files[0])
    else:
        assert outcome.files == row.files
    assert outcome.code == row.exits, outcome.stderr
    assert row.at_least <= outcome.seconds < row.within
    assert {path: (outcome.folder / path).read_text() for path in row.wrote} == row.wrote
    assert row.printed in (None, outcome.stdout)
    message = ""
    if outcome.files == ("error.pb",) and row.files is not None:
        message = check_error(name, row, outcome)
    elif outcome.files == ("outputs.pb",):
        assert outcome.outputs == LiteralMap(literals={"x": to_literal(1, int)})
    if "FLYTE_INTERNAL_WORKER_NAME" in row.environment:
        assert outcome.error.worker == "w\\udcff"
    if row.files is None:
        return
    if row.told is not None:
        assert row.told in (ANY, outcome.stderr)
    elif row.stderr == "file":
        encoding = "ascii" if "ascii" in row.environment.get("PYTHONIOENCODING", "") else "utf-8"
        said = message.encode(encoding, "backslashreplace").decode()
        said, is_alone = outcome.stderr.removeprefix(f"{said}\n" if message else ""), row.code == "USER:ArgumentsError"
        assert re.fullmatch(WITHOUT_THREADS, said) or is_alone


def check_error(name: str, row: Row, outcome: Outcome) -> str:
    """The message of the document, which must be what the row says."""
    error = outcome.error
    assert (error.code, error.kind, error.origin) == (row.code, row.kind, row.origin)
    assert error.message.endswith(row.end)
    assert row.message in (None, error.message)
    if name.endswith("-raises") and not row.is_async and name not in WITHOUT_SOURCE:
        assert error.message == whole_message(row, outcome)
    seconds = error.timestamp.seconds + error.timestamp.nanos / 1e9
    assert (seconds == TIMES[name]) if name in TIMES else (seconds > 1_700_000_000)
    return error.message


WITHOUT_SOURCE = ("no-path-raises", "sigterm-raises", *(["no-memory-in-globals-raises"] if AFTER_3_13 else []))
"""What cannot import ``traceback`` shows files and lines, from 3.14 on too where memory is short; and what raises
something else."""


def whole_message(row: Row, outcome: Outcome) -> str:
    lines = source(row).rstrip("\n").split("\n")
    statement = lines[-1].strip()
    error = statement.removeprefix("raise ").replace("('", ": ").removesuffix("')")
    return (
        "Trace:\n\n    Traceback (most recent call last):\n"
        f'      File "{outcome.folder}/executors.py", line {len(lines)}, in execute_from_model\n'
        f"        {statement}\n    {error}\n\nMessage:\n\n    {error}\n"
    )
