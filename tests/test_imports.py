# SPDX-License-Identifier: Apache-2.0
"""What importing the package and running a trivial task load, by the names of modules: every start pays for each."""

from __future__ import annotations

import base64
import importlib.util
import os
import pathlib
import subprocess
import sys

import shimlite

from .build import template

NAME = shimlite.__name__
ROOT = pathlib.Path(shimlite.__file__).parents[len(NAME.split("."))]

HAS_FLYTEIDL = importlib.util.find_spec("flyteidl") is not None
THIRD_PARTY = {"attr", "attrs", "google", "msgpack"} | ({"flyteidl"} if HAS_FLYTEIDL else set())
MESSAGES = "flyteidl.core.errors_pb2, flyteidl.core.tasks_pb2"
WITHOUT_FLYTEIDL = "struct_pb2, timestamp_pb2, wrappers_pb2, duration_pb2, message_factory, internal.enum_type_wrapper"
DEPENDENCIES = (
    f"import attrs, msgpack, {MESSAGES}"
    if HAS_FLYTEIDL
    else "import attrs, msgpack, " + ", ".join(f"google.protobuf.{name}" for name in WITHOUT_FLYTEIDL.split(", "))
)
BEYOND_THEM = {"__future__", "_contextvars", "binascii", "contextvars", "dataclasses", "errno"}
"""binascii is loaded by every protobuf but the pure Python of 4.25."""
OF_A_TASK = {"argparse", "faulthandler", "gc", "gettext", "resource", "select", "signal"}
OF_ARGPARSE = {"_locale", "_colorize"}
OF_SOME_PODS = ("data_uris", "logs", "on_flyte2", "remote", "settings")
HEAVY = {
    *("arro3", "asyncio", "grpc", "http", "hypothesis", "logging", "obstore", "sqlalchemy", "sqlite3"),
    *("tempfile", "traceback", "urllib"),
}
LAYERS_ABOVE = {
    "arrow",
    "cli",
    "commands",
    "container",
    "executors",
    "parquet",
    "parquet_files",
    "strategies",
    "tables",
    "testing",
}
STANDARD = {*sys.stdlib_module_names, "__mp_main__", "_opcode_metadata"}  # which 3.13 does not count


def new_modules(program: str, *, after: str = "", folder: pathlib.Path = ROOT) -> set[str]:
    """What ``program`` loads in a process of its own that ran ``after`` first."""
    told = f"import atexit, sys\n{after}\nbefore = set(sys.modules)\n"
    told += f"atexit.register(lambda: print(*set(sys.modules) - before))\n{program}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=False,
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


def tops(modules: set[str]) -> set[str]:
    """Top-level names, of others only."""
    return {module.split(".")[0] for module in modules} - {NAME.split(".")[0]}


def third_party(modules: set[str]) -> set[str]:
    """Packages; what msgpack is compiled with makes modules that have no file, one named for its release."""
    return {name for name in tops(modules) - STANDARD if name != "cython_runtime" and not name.startswith("_cython_")}


def ours(modules: set[str]) -> set[str]:
    """The layers among them."""
    return {module.removeprefix(f"{NAME}.").split(".")[0] for module in modules if module.startswith(f"{NAME}.")}


def test_importing_it_loads_the_core_and_four_packages():
    loaded = new_modules(f"import {NAME}")
    assert third_party(loaded) == THIRD_PARTY
    assert {module.split(".")[1] for module in loaded if module.startswith("google.")} <= {"_upb", "protobuf"}
    assert tops(loaded) & {*HEAVY, "shutil"} == set()
    assert ours(loaded) & LAYERS_ABOVE == set()
    assert {"engine", "shim"} <= ours(loaded)


def test_importing_it_loads_hardly_more_of_the_standard_library_than_its_dependencies():
    loaded = new_modules(f"import {NAME}", after=DEPENDENCIES)
    assert tops(loaded) <= BEYOND_THEM
    assert {module for module in loaded if module.startswith(("attr", "flyteidl", "google", "msgpack"))} == set()


def test_a_message_is_imported_for_an_annotation_only():
    assert new_modules(f"import {NAME}.values as values; assert 'LiteralType' not in vars(values)")


TASK = f"""
import {NAME}.cli
arguments = "--inputs inputs.pb --output-prefix out --raw-output-data-prefix raw --resolver "
arguments += "flytekit.core.python_customized_container_task.default_task_template_resolver -- task.pb trivial.Trivial"
{NAME}.cli.execute_main(arguments.split())
"""


def a_trivial_task(folder: pathlib.Path) -> None:
    (folder / "trivial.py").write_text(
        "class Trivial:\n    def execute_from_model(self, tt, n):\n        return n + 1\n"
    )
    made = template({"n": int}, {"o0": int})
    (folder / "task.pb").write_bytes(made.SerializeToString())
    inputs = shimlite.dict_to_literal_map({"n": 1}, made.interface.inputs)
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())


def test_a_trivial_task_loads_little_more(tmp_path):
    a_trivial_task(tmp_path)
    loaded = new_modules(TASK, folder=tmp_path)
    assert os.listdir(tmp_path / "out") == ["outputs.pb"]
    assert third_party(loaded) == {*THIRD_PARTY, "trivial"}
    assert tops(loaded) & {*HEAVY, "shutil"} == set()
    assert ours(loaded) & LAYERS_ABOVE == {"cli", "container"}
    assert {f"{NAME}.container.{name}" for name in OF_SOME_PODS} & loaded == set()
    allowed = {*BEYOND_THEM, *OF_A_TASK, *OF_ARGPARSE, "trivial"}
    assert tops(new_modules(TASK, after=DEPENDENCIES, folder=tmp_path)) <= allowed


ON_FLYTE_2 = """
import os
os.environ["ACTION_NAME"] = "a0"
"""
IN_ARGUMENTS = TASK.replace("task.pb", "data:;base64,{}")


def test_flyte_2_costs_a_module_of_ours_and_data_uris_zlib(tmp_path):
    """What asks for a template is imported by a pod that has to ask."""
    a_trivial_task(tmp_path)
    text = base64.b64encode((tmp_path / "task.pb").read_bytes()).decode()
    here, there = (new_modules(start + IN_ARGUMENTS.format(text), folder=tmp_path) for start in ("", ON_FLYTE_2))
    assert os.listdir(tmp_path / "out") == ["outputs.pb"]
    assert there - here == {f"{NAME}.container.on_flyte2"}
    assert f"{NAME}.container.data_uris" in here
    assert tops(there) & {*HEAVY, "shutil"} == set()
    allowed = {*BEYOND_THEM, *OF_A_TASK, *OF_ARGPARSE, "trivial", "zlib"}
    assert tops(new_modules(ON_FLYTE_2 + IN_ARGUMENTS.format(text), after=DEPENDENCIES, folder=tmp_path)) <= allowed


def test_the_budget_would_notice():
    loaded = new_modules(f"import {NAME}, http.client, pluggy, sqlite3, tempfile")
    assert {"http", "sqlite3", "tempfile"} <= tops(loaded) & HEAVY
    assert third_party(loaded) == {*THIRD_PARTY, "pluggy"}
