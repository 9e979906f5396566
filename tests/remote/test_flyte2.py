# SPDX-License-Identifier: Apache-2.0
"""Every ending of ``tests.container.test_endings`` in a pod of Flyte 2's: one file, 0, and no pods without end.

Its own backend started pods without end after another code than 0, and after an error of SYSTEM that is RECOVERABLE.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Future

import pytest

from shimlite._idl import ErrorDocument, ExecutionError

from ..container.endings import ENVIRONMENT, FILES, NON_RECOVERABLE, RECOVERABLE, SYSTEM, USER, Outcome, Row, Runner
from ..container.services import Service, raw
from ..container.test_endings import ROWS
from ..container.test_on_flyte2 import told

AT_ONCE = 6
ON_FLYTE_2 = {"ACTION_NAME": "a0", "RUN_NAME": "r", "_U_RUN_BASE": "s3://b/r"}
UNKNOWN = ExecutionError.UNKNOWN
OF_OURS = ("ArgumentsError", "MissingExtraError", "TemplateError", "UriError")
IGNORED = "outputs: the executor raised IgnoreOutputs, and on Flyte 2 nobody else writes them; return them"
NO_FILE = {name for name, row in ROWS.items() if row.exits}
"""What ends with another code on Flyte 1: without a file, or because a variable asks for it."""


def there(name: str, row: Row) -> Row:
    """What must come of a row on Flyte 2."""
    if row.files == () and not row.exits:
        return row._replace(files=("error.pb",), code="USER:OutputsError", message=IGNORED)
    row = row._replace(exits=0)
    if name.endswith("-missing"):
        return row._replace(kind=NON_RECOVERABLE)
    if (row.kind, row.origin) == (RECOVERABLE, SYSTEM):
        return row._replace(origin=UNKNOWN)
    is_ours = row.code.removeprefix("USER:") in OF_OURS
    return row if is_ours or row.origin == SYSTEM else row._replace(kind=RECOVERABLE)


HERE = {name: there(name, row) for name, row in ROWS.items()}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flyte2")
    with Runner(AT_ONCE, ON_FLYTE_2) as runner:
        yield {name: runner.submit(row, folder / name) for name, row in ROWS.items()}


@pytest.mark.parametrize("name", HERE)
def test_an_ending(outcomes: dict[str, Future[Outcome]], name: str) -> None:
    row, outcome = HERE[name], outcomes[name].result()
    assert outcome.code == 0, outcome.stderr
    if row.files is None:
        assert len(outcome.files) == 1
        assert re.fullmatch("|".join((*map(re.escape, FILES), r"error-[0-9a-f]{32}\.pb")), outcome.files[0])
    else:
        assert outcome.files == row.files
    if outcome.files not in ((), ("outputs.pb",)):
        error = outcome.error
        assert (error.kind, error.origin) != (RECOVERABLE, SYSTEM)
        assert len(error.message.encode()) <= 32_000
        assert (error.code, error.kind, error.origin) == (row.code, row.kind, row.origin)
        if row.files is not None:
            assert error.message.endswith(row.end) and row.message in (None, error.message)


def test_the_rows_have_every_kind_of_ending():
    assert {(row.kind, row.origin) for row in HERE.values()} == {
        (RECOVERABLE, USER),
        (NON_RECOVERABLE, USER),
        (RECOVERABLE, UNKNOWN),
        (NON_RECOVERABLE, SYSTEM),
    }
    assert {ROWS[name].exits for name in NO_FILE} == {1, 2}


def test_sigterm_while_the_template_is_asked_for(tmp_path):
    with Service(raw(waits=True)) as service:
        environment = {**ENVIRONMENT, **told(service.address), "FLYTE_FAIL_ON_ERROR": "true"}
        argv = ["--inputs", "i", "--output-prefix", str(tmp_path / "out"), "--", "inline://taskTemplate", "m.E"]
        command = [sys.executable, "-m", "shimlite", "execute", *argv]
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            while not service.asked:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
    assert process.returncode == 0
    error = ErrorDocument.FromString((tmp_path / "out" / "error.pb").read_bytes()).error
    assert (error.code, error.kind, error.origin) == ("SYSTEM:Interrupted", RECOVERABLE, UNKNOWN)
