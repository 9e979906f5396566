# SPDX-License-Identifier: Apache-2.0
"""A process forked while another thread converts first values of types: the child must not wait for anybody's lock."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

import shimlite

CODE = """
import dataclasses, enum, os, sys, threading, time, warnings
from typing import Optional
import shimlite
from shimlite._idl import LiteralType

warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
sys.setswitchinterval(1e-6)

def first_conversions(number):
    record = dataclasses.make_dataclass("Record", [("x", int), ("y", Optional[str])])
    assert shimlite.to_python_value(shimlite.to_literal(record(1, "a"), record), record) == record(1, "a")
    literal_type = LiteralType(enum_type={"values": ["a", f"{number}"]})
    member = shimlite.guess_python_type(literal_type)("a")
    assert shimlite.to_python_value(shimlite.to_literal(member, literal_type), literal_type) is member
    color = enum.Enum("Color", {"A": f"{number}"})
    assert shimlite.fidelity(dict[str, color], dict[str, color]).exact

def ends(child):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.001)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return "hangs"

def forked(number):
    child = os.fork()
    if child == 0:
        try:
            first_conversions(number)
            os._exit(0)
        finally:
            os._exit(3)
    return ends(child)
"""

IN_A_LOOP = """
stop = threading.Event()

def loop(first):
    number = first
    while not stop.is_set():
        first_conversions(number)
        number += 1

threads = [threading.Thread(target=loop, args=(first,), daemon=True) for first in (10**6, 10**7)]
for thread in threads:
    thread.start()
statuses = []
for number in range(40):
    statuses.append(forked(number))
    if statuses[-1] != 0:
        break
stop.set()
print(statuses)
"""

IN_THE_MIDDLE = """
reached, go_on = threading.Event(), threading.Event()

class Slow(type):
    '''Stops whoever looks at the fields, so that a conversion is in its middle when the process forks.'''
    def __getattribute__(cls, name):
        if name in ("__dataclass_fields__", "__members__") and threading.current_thread().name == "slow":
            reached.set()
            go_on.wait(60)
        return super().__getattribute__(name)

record = Slow("Record", (), {"__annotations__": {"x": int}})
record = dataclasses.dataclass(record)
thread = threading.Thread(target=lambda: shimlite.to_literal(record(1), record), name="slow", daemon=True)
thread.start()
assert reached.wait(60)
statuses = [forked(0)]
go_on.set()
thread.join(60)
first_conversions(1)
print(statuses)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.parametrize(("code", "forks"), [(IN_A_LOOP, 40), (IN_THE_MIDDLE, 1)], ids=["in a loop", "in the middle"])
def test_a_forked_child_converts_types_that_are_new_to_it(code, forks):
    root = pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))]
    command = [sys.executable, "-c", CODE + code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr, done.returncode) == (f"{[0] * forks}\n", "", 0)
