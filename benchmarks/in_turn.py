# SPDX-License-Identifier: Apache-2.0
"""Commands run in turn, each a process: what it took, and the most memory that the kernel counted for it.

``python -S in_turn.py RUNS``, the commands from stdin: one a line, its words separated by NUL. A child's peak begins
with what its parent held when it was made, so this process imports next to nothing and is smaller than any of them.
"""

import os
import sys
import time


def once(command):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


commands = [line.split("\0") for line in sys.stdin.read().splitlines()]
for _ in range(int(sys.argv[1])):
    for number, command in enumerate(commands):
        print(number, *once(command))
