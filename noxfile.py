# SPDX-License-Identifier: Apache-2.0
"""Where the tests run, each session in an environment of its own: ``nox`` runs all of them, ``nox -l`` lists them.

The README's tests run on every Python, and with protobuf from its floor to its newest major, both ends as pure Python
too, less what that does not touch;
``nox -t corpus`` runs those that compare the answers of all Pythons with the recorded ones. To
save sessions, the copy under another name is where Python 3.12 and protobuf 5 are, and the wheel where 3.13 and
protobuf 6 are; without that Python they are run on another. Else a Python that is not on the machine is left out, and
said.

Python 3.14 and 3.15 are on few machines, and flyteidl installs on neither: there shimlite's own copy of its messages is
tested. They are looked for in pyenv, on PATH, in Debian unstable's packages (``tests/debian_python.py``, a folder that
no other program sees) and last among uv's own downloads. Where none of these has one, the session fails if ``CI`` is
set, and is left out elsewhere, and said.
"""

from __future__ import annotations

import glob
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

import nox

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tests import debian_python

nox.options.stop_on_first_error = True
nox.options.error_on_missing_interpreters = False
nox.options.default_venv_backend = "uv|venv"
os.environ.setdefault("UV_COMPILE_BYTECODE", "1")  # as pip does: many programs are started in each environment

PYTEST = ("python", "-m", "pytest", "-n", "2")
BY_FILE = ("--dist", "loadfile")
"""Servers and real programs are started once a file."""
LOWEST = (
    *("attrs==22.2.0", "flyteidl==1.16.0", "msgpack==1.0.5", "protobuf==4.25.0", "pydantic==2.11.0"),
    "sqlalchemy==2.0.0",
)
FLYTE_2 = "flyte==2.12.1"
"""Flyte 2's SDK, as the extra ``interop`` has it."""
FRAMES = ("pandas>=2.2", "polars>=1.12", "pyarrow>=15.0")
"""The dataframes that a ShimTask takes."""
QUICK = {"HYPOTHESIS_PROFILE": "quick"}
PURE = {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"}
DOUBLING = (
    "--ignore=tests/strategies/test_hostile.py",
    "--ignore=tests/property/test_nesting.py",
    "--deselect=tests/fuzz/test_findings.py::test_a_bomb_takes_little_time_depth_and_memory",
    "--deselect=tests/authoring/test_tasks.py::test_custom_is_as_deep_as_protobuf_reads",
    "--deselect=tests/test_schemas.py::test_a_schema_nested_as_deep_as_a_message_may_be_is_no_error",
    "--deselect=tests/test_fidelity.py::test_losses_of_classes_that_refer_to_one_another_twice_are_bounded",
)
"""Left out of ``lowest-pure`` alone: up to protobuf 6, its pure Python takes twice as long to write a message for each
further map in a map, a ``Struct`` in a ``Struct`` among them, and these write the deepest: 8 levels take 22 s."""


WITHOUT_MESSAGES = (
    "--ignore=tests/container/test_endings.py",
    "--ignore=tests/container/test_surroundings.py",
    "--ignore=tests/container/test_process.py",
    "--ignore=tests/commands/test_demo.py",
    *(f"--ignore=tests/test_{name}.py" for name in ("copies", "files", "streams", "trees", "vendoring")),
)
"""Left out of both pure sessions: how processes end and files are copied does not depend on protobuf's kind."""


def interpreter(version: str) -> str:
    """pyenv's, whose own program on PATH may stand for another version, or the one on PATH."""
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    found = sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"))
    return found[-1] if found else shutil.which(f"python{version}") or f"python{version}"


def or_this(version: str) -> str:
    found = interpreter(version)
    return found if os.path.isabs(found) else sys.executable


def matrix(
    name: str,
    version: str,
    pinned: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> None:
    def suite(session: nox.Session) -> None:
        session.install(".[test]", *pinned)
        session.run(*PYTEST, *without, env={**QUICK, **(environment or {})})

    nox.session(suite, python=interpreter(version), name=name)


matrix("lowest", "3.10", LOWEST)
matrix("lowest-pure", "3.10", LOWEST, PURE, (*DOUBLING, *WITHOUT_MESSAGES))
matrix("newest-pure", "3.11", [], PURE, WITHOUT_MESSAGES)


def corpus(version: str) -> None:
    """The recorded answers of tests/corpus, on both kinds of protobuf: small, so that each Python has both."""

    def answers(session: nox.Session) -> None:
        session.install(".", "pytest")
        for back_end in ({"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "upb"}, PURE):
            session.run("python", "-m", "pytest", "tests/corpus", env=back_end)

    nox.session(answers, python=interpreter(version), name=f"corpus-{version}", tags=["corpus"])


for each in ("3.10", "3.11", "3.12", "3.13"):
    corpus(each)


def fetched(session: nox.Session, version: str) -> str:
    """A Python that few machines have: this one's, else Debian's, else uv's."""
    found = interpreter(version)
    if os.path.isabs(found):
        return found
    folder = pathlib.Path(session.cache_dir) / f"python{version}"
    try:
        return str(debian_python.python(version, folder))
    except (OSError, subprocess.CalledProcessError) as error:
        session.log(f"Debian's packages: {error}")
    try:
        session.run("uv", "python", "install", version, silent=True)
        return str(session.run("uv", "python", "find", "--managed-python", version, silent=True)).strip()
    except nox.command.CommandFailed:
        (session.error if "CI" in os.environ else session.skip)(f"no Python {version} is found, nor can it be fetched")


def database_servers(session: nox.Session) -> None:
    """Debian's packages bring PostgreSQL and MariaDB where they are missing, if this is root."""
    packages = {"postgresql": "/usr/lib/postgresql/*/bin/postgres", "mariadb-server": "/usr/sbin/mariadbd"}
    missing = [name for name, program in packages.items() if not glob.glob(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = {"DEBIAN_FRONTEND": "noninteractive"}
        session.run("apt-get", "update", "-qq", external=True)
        session.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing, env=quietly, external=True)


def new_environment(session: nox.Session, version: str, *requirements: str) -> str:
    """The program of a new environment, made of a Python that is fetched after the session has begun."""
    session.install("uv")
    program = f"{session.create_tmp()}/environment/bin/python"
    session.run(
        "uv", "venv", "--clear", "--python", fetched(session, version), os.path.dirname(os.path.dirname(program))
    )
    session.run("uv", "pip", "install", "--python", program, *requirements)
    return program


@nox.session
def newest(session: nox.Session) -> None:
    """On the newest Python that is released, without flyteidl."""
    program = new_environment(session, "3.14", ".[test]")
    session.run(program, *PYTEST[1:], env=QUICK, external=True)


def corpus_without_flyteidl(version: str) -> None:
    def answers(session: nox.Session) -> None:
        program = new_environment(session, version, ".", "pytest")
        for back_end in ({"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "upb"}, PURE):
            session.run(program, "-m", "pytest", "tests/corpus", "tests/test_idl_copy.py", env=back_end, external=True)

    nox.session(answers, name=f"corpus-{version}", tags=["corpus"])


for each in ("3.14", "3.15"):
    corpus_without_flyteidl(each)


@nox.session
def examples(session: nox.Session) -> None:
    """They reach every branch without the property tests; stores are servers, and Flyte 2's SDK is itself."""
    session.install(".[servers]", FLYTE_2, *FRAMES, "psycopg[binary]>=3.1")
    modules = session.create_tmp()
    session.run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", modules, "azurite", external=True)
    session.run(
        *(*PYTEST, *BY_FILE, "-o", "addopts=", "-q"),
        *(f"--ignore=tests/{folder}" for folder in ("databases", "interop", "property")),
        *("--cov", "--cov-report=term", "--cov-fail-under=100"),
        env={"AZURITE": f"{modules}/node_modules/.bin/azurite-blob"},
    )


@nox.session
def databases(session: nox.Session) -> None:
    """On PostgreSQL and MariaDB, beside flytekit too."""
    database_servers(session)
    session.install(".[databases]")
    session.run(*PYTEST, *BY_FILE, "-o", "addopts=", "-q", "tests/databases")


@nox.session
def lint(session: nox.Session) -> None:
    session.install(".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("python", "-m", "tests.docstrings")


@nox.session
def types(session: nox.Session) -> None:
    """Of what is public: known to every checker, and wrong uses found."""
    session.install(".[strategies]", FLYTE_2, "mypy", "pyright", "types-protobuf")
    session.run("python", "-m", "tests.public_types")


@nox.session(python=or_this("3.12"))
def vendored(session: nox.Session) -> None:
    """All tests on a copy of another name, where there is no shimlite, with protobuf 5."""
    session.install(".[test]", "pip", "protobuf==5.*")
    session.run("python", "-m", "pip", "uninstall", "-q", "-y", "shimlite")
    session.run("python", "-m", "tests.vendored", "-n", "2", env=QUICK)


@nox.session
def stripped(session: nox.Session) -> None:
    """A copy without all that is optional, where there is nothing that only that needs."""
    session.install(".", "pytest", "pytest-xdist", "pip")
    session.run("python", "-m", "pip", "uninstall", "-q", "-y", "shimlite")
    session.run("python", "-m", "tests.vendored", "--stripped", "-n", "2")


@nox.session(python=or_this("3.13"))
def wheel(session: nox.Session) -> None:
    """As it is installed, from outside the checkout, with the tests of the sdist and protobuf 6; both built twice.

    A package index can show the README.
    """
    session.install("build", "readme_renderer[md]", "twine")
    folder = session.create_tmp()
    elsewhere = f"{folder}/elsewhere"
    shutil.rmtree(folder)
    session.run("python", "-m", "tests.artefact", folder)
    (built,), (source,) = (glob.glob(f"{folder}/one/dist/*.{kind}") for kind in ("whl", "tar.gz"))
    session.run("twine", "check", "--strict", built, source)
    session.install(f"{built}[test]", "protobuf==6.*")
    shutil.unpack_archive(source, folder)
    os.rename(f"{folder}/{os.path.basename(source).removesuffix('.tar.gz')}", elsewhere)
    shutil.rmtree(f"{elsewhere}/shimlite")
    with session.chdir(elsewhere):
        session.run(*PYTEST, env=QUICK)
        session.run("shimlite", "demo", f"{folder}/demo")


@nox.session
def slow(session: nox.Session) -> None:
    """Laws of types that are as deep, wide and many as they may be."""
    session.install(".[test]")
    session.run(*PYTEST, "-o", "addopts=", "-q", "tests/property/test_budget.py", "tests/property/test_nesting.py")


@nox.session
def newcomer(session: nox.Session) -> None:
    """The README's code and commands in an empty folder, where only shimlite[remote] is installed, beside a server."""
    session.install(".[remote]", "moto[server]")
    session.run("python", "-m", "tests.newcomer")


@nox.session
def fuzz(session: nox.Session) -> None:
    session.install(".[fuzz]")
    session.run("python", "-m", "tests.fuzz.fuzz_decode", "--seconds", "60")


@nox.session
def flytekit(session: nox.Session) -> None:
    """Beside the real one; the benchmarks, which need it too, once over, that they still run."""
    database_servers(session)
    session.install(".[benchmarks]", "pip")
    session.run(*PYTEST, *BY_FILE, "-o", "addopts=", "-q", "tests/interop")
    session.run("python", "-m", "benchmarks", "--quick", silent=True)
