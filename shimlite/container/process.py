# SPDX-License-Identifier: Apache-2.0
"""The process that a pod runs, from its start to its end: its signals, its environment, and an end that always comes.

Kubernetes ends a pod with SIGTERM, for which the first process of a container has no default. Propeller looks at the
files only of a process that ends with 0, so nothing that an executor leaves behind (threads, timers, children, handlers
of signals, broken streams) may change that code or keep the process from ending.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import functools
import gc
import io
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple, NoReturn, TypeVar

from ..streams import Whole
from .platforms import Platform, platform_of

LONGEST_END = 4.0
"""Seconds from the last file to the end of the process; a pod's own grace period is 30."""
FOR_WORDS, FOR_THREADS, FOR_FILES, FOR_FILE = 0.4, 1.5, 0.8, 0.2
"""Seconds of these for a write to the log, for threads that are no daemons, at least for files that were left open, and
for one of those; exit handlers have what is left."""
MEMORY, DESCRIPTORS = 4 * 2**20, 8
"""What is kept for an error document, should the executor use up all that it can get. Memory that nobody wrote to costs
nothing but its addresses."""
SWITCHES = 0.0001
"""Seconds until a thread that waits for others gets its turn, of which the executor may have left hundreds."""
TRIES = 1000
"""How often what an executor's signal handlers interrupt is begun again: each try is over in microseconds."""
AGAIN, MOST_RINGS = 0.25, 3
"""Seconds until work that went on after its time is interrupted once more, and how often before the escape."""

_FILES = io.TextIOWrapper, *io.BufferedIOBase.__bases__[:1]
_ONLY_READ = io.BufferedReader, io.BytesIO
"""Classes of C, for which all objects can be asked quickly."""
_T = TypeVar("_T")


class Terminated(BaseException):
    """SIGTERM came. Not an Exception, so that an executor's ``except Exception`` lets it through."""


class TimeIsUp(BaseException):
    """Work took longer than it may. Not an Exception, for the same reason."""


class Ending(NamedTuple):
    """How a run ended: the exit code of the program, and the words for its log."""

    code: int
    words: str = ""


class Process:
    """This process. ``owned``: it is ours alone, so that its signals and its end are too.

    An owned process raises Terminated at SIGTERM, once, and writes every thread's stack to stderr at SIGUSR1, as
    flytekit's does. Only the main thread can own one; in any other, Python lets nobody set handlers.
    """

    def __init__(self, owned: bool = False) -> None:
        self.pid: int = os.getpid()
        self.environment: dict[str, str] = dict(os.environ)
        """As the platform set it: an executor may change the process's own."""
        self.platform: Platform = platform_of(self.environment)
        """How its pods must end; it is asked for now, since an executor may break how Python imports."""
        self.escape: Callable[[], object] | None = None
        """What to do, in the place of all that was to come, about work that takes no notice of TimeIsUp."""
        self._rings = 0
        self._streams = sys.stdout, sys.stderr
        self.owned: bool = owned and threading.current_thread() is threading.main_thread()
        self._memory, self._descriptors = b"", list[int]()
        if self.owned:
            import resource  # which not every system has

            self._resource = resource
            self._memory = bytes(MEMORY)
            self._descriptors = [os.open(os.devnull, os.O_RDONLY) for _ in range(DESCRIPTORS)]
            with contextlib.suppress(AttributeError, OSError, RuntimeError, ValueError):  # stderr is closed, or no file
                faulthandler.register(signal.SIGUSR1)
            signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self.pid:  # a child that was forked: its end is not ours
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated("SIGTERM")

    def settle(self) -> None:
        """From now on no signal, timer or limit of the executor's interrupts what is left to do, which is short.

        Where the process is not owned, nothing happens.
        """
        for _ in range(TRIES if self.owned else 0):
            try:
                self._settle()
                return
            except BaseException:  # a handler of the executor's raised it
                continue

    def _settle(self) -> None:
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0)
        self._memory = b""
        sys.setrecursionlimit(max(1000, sys.getrecursionlimit()))
        faulthandler.cancel_dump_traceback_later()  # which may end the process
        sys.setswitchinterval(SWITCHES)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGALRM})
        self._lift_limits()
        self._release()

    def _lift_limits(self) -> None:
        """What the executor may have taken from itself: an error document needs a file and a little memory."""
        for name in ("AS", "CPU", "DATA", "FSIZE", "NOFILE"):
            limit = getattr(self._resource, f"RLIMIT_{name}")
            _, most = self._resource.getrlimit(limit)
            with contextlib.suppress(OSError, ValueError):
                self._resource.setrlimit(limit, (most, most))

    def _release(self) -> None:
        """Give the reserve back, and take the numbers of closed standard streams: whoever still writes to those must
        not write to our files."""
        descriptors, self._descriptors = self._descriptors, []
        for descriptor in descriptors:
            with contextlib.suppress(OSError):  # the executor closed it, and may have a file of its own of that number
                if os.fstat(descriptor).st_rdev == os.stat(os.devnull).st_rdev:
                    os.close(descriptor)
        for standard in range(3):
            try:
                os.fstat(standard)
            except OSError:
                os.open(os.devnull, os.O_RDWR)

    def within(self, seconds: float, work: Callable[[], _T]) -> _T | None:
        """The result of ``work``; None where it raises anything, or takes longer in a process that is owned."""
        try:
            self._ring(seconds)
            try:
                return work()
            finally:
                self._ring(0)
        except BaseException:
            self._ring(0)
            return None

    def _ring(self, seconds: float) -> None:
        if self.owned:
            self._rings = 0
            signal.signal(signal.SIGALRM, self._time_is_up if seconds else signal.SIG_IGN)
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN if seconds else 0)

    def _time_is_up(self, number: int, frame: FrameType | None) -> None:
        self._rings += 1
        if self._rings > MOST_RINGS and self.escape:
            escape, self.escape = self.escape, None
            escape()
        raise TimeIsUp

    def ending(self, code: int, words: str) -> Ending:
        """How a run ends that would end with ``code``, if the platform lets it."""
        return Ending(self.platform.exit_code(code), words)

    def end(self, code: int, words: str) -> NoReturn:
        """Write ``words`` to the log and end the process with ``code``, in LONGEST_END seconds at most.

        Threads that are no daemons are waited for, exit handlers run, files are closed and streams are flushed, as far
        as that time goes; Python itself would wait for threads for ever, and end with 120 where stdout is gone. SIGTERM
        ends the process at once, with the same code.
        """
        until, self.escape = _now() + LONGEST_END, lambda: os._exit(code)
        try:
            self.within(FOR_WORDS, lambda: self._watch(code, until))
            self.within(FOR_WORDS, lambda: self._say(words))
            self._flush()
            self.within(FOR_THREADS, threading._shutdown)  # type: ignore[attr-defined]
            self.within(FOR_WORDS, self._count_threads)
            self.within(_until(until - FOR_FILES), atexit._run_exitfuncs)
            for file in self.within(_until(until), _open_files) or ():
                self.within(min(FOR_FILE, _until(until)), _ending(file))
            self._flush()
        finally:
            os._exit(code)

    def _say(self, words: str) -> None:
        """Write a line to the stderr that the process began with: an executor may have put another in its place."""
        _, stream = self._streams
        if words and stream is not None:
            encoding = stream.encoding or "utf-8"
            stream.write(words.encode(encoding, "backslashreplace").decode(encoding) + "\n")

    def _flush(self) -> None:
        now = [getattr(sys, name, None) for name in ("stdout", "stderr")]
        for stream in (*self._streams, *now):
            self.within(FOR_WORDS / 4, functools.partial(_flushed, stream))

    def _count_threads(self) -> None:
        left = sum(not one.daemon and one is not threading.main_thread() for one in threading.enumerate())
        if left:
            self._say(f"the process ends without {left} of its threads")

    def _watch(self, code: int, until: float) -> None:
        """Have another thread end the process, should this one be stuck where no signal reaches it."""

        def leave(*_: object) -> NoReturn:
            os._exit(code)

        if self.owned:
            signal.signal(signal.SIGTERM, leave)
        before = sys.unraisablehook
        sys.unraisablehook = lambda error: None if error.exc_type is TimeIsUp else before(error)
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        threading.Thread(target=_leave_at, args=(until, reader, leave), daemon=True).start()


class Alone:
    """Ends a child that was forked in the block where it comes back out of it: without a word, without a file.

    No generator: ``contextlib`` asks the class of an exception, which is the executor's, and sets its attributes.
    """

    def __enter__(self) -> None:
        self._pid = os.getpid()

    def __exit__(self, cls: object, error: BaseException | None, trace: object) -> None:
        if os.getpid() != self._pid:
            os._exit(_exit_code(error))


def _exit_code(error: BaseException | None) -> int:
    """What Python would end a process with that this exception leaves."""
    if error is None or type(error) is not SystemExit:
        return int(error is not None)
    return error.code & 255 if isinstance(error.code, int) else int(error.code is not None)


def _leave_at(until: float, reader: int, leave: Callable[[], NoReturn]) -> None:
    """Call ``leave`` at that time, or when SIGTERM writes its number to the pipe."""
    while (seconds := until - _now()) > 0:
        ready, _, _ = select.select([reader], [], [], seconds)
        if ready and signal.SIGTERM in os.read(reader, 100):
            break
    leave()


def _now(clock: Callable[[], float] = time.monotonic) -> float:
    """The clock as it was when this module was imported: an executor may leave one behind that stands still."""
    return clock()


def _until(then: float) -> float:
    return max(AGAIN, then - _now())


def _open_files() -> list[Any]:
    """Files that are left open, which Python closes when it frees them: what was written to them may not be there."""
    streams = [getattr(sys, name, None) for name in ("__stdin__", "__stdout__", "__stderr__")]
    files = [thing for thing in gc.get_objects() if issubclass(type(thing), _FILES)]
    left = (file for file in files if not any(file is stream for stream in streams))
    return sorted((file for file in left if not issubclass(type(file), _ONLY_READ)), key=_layer)


def _ending(file: Any) -> Callable[[], object]:
    """What closes a file; one that is there only when its executor closes it will not be there."""
    ending: Callable[[], object] = file.drop if issubclass(type(file), Whole) else file.close
    return ending


def _layer(file: object) -> int:
    """What wraps another comes before it: text around compression around a file."""
    in_c = issubclass(type(file), (io.BufferedWriter, io.BufferedRandom))
    return 0 if issubclass(type(file), io.TextIOWrapper) else 2 if in_c else 1


def _flushed(stream: Any) -> None:
    stream.flush()
