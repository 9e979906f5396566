# SPDX-License-Identifier: Apache-2.0
"""The programs: help, versions, exit codes, Ctrl-C, and streams that cannot be written to."""

from __future__ import annotations

import argparse
import errno
import io
import os
import pathlib
import re
import signal
import subprocess
import sys
import types

import pytest

import shimlite
from shimlite import dict_to_literal_map
from shimlite.cli import executed, main
from shimlite.commands.forms import form_lines
from shimlite.container.entrypoint import Ending
from shimlite.container.process import Process

from ..build import template

ROOT = pathlib.Path(__file__).parents[2]


def shell(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shimlite", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, **more,
    )  # fmt: skip


def shown(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert caught.value.code == 0
    return str(capsys.readouterr().out)


def test_help_names_every_command(capsys):
    commands = ["execute", "run", "package", "inspect", "stub", "types", "demo"]
    assert re.findall(r"^    (\w+)  ", shown(capsys, "--help"), re.MULTILINE) == commands
    for command in commands:
        text = shown(capsys, command, "--help")
        assert text.startswith(f"usage: shimlite{'-' if command == 'execute' else ' '}{command} ")


EXIT_CODES = "exit codes: 0, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C\n"


def test_help_shows_examples_and_exit_codes(capsys):
    for command in ([], ["package"], ["inspect"], ["stub"], ["types"], ["demo"]):
        *_, examples, codes = shown(capsys, *command, "--help").split("\n\n")
        assert re.match(r"example:\n  shimlite \w+|examples:\n  shimlite \w+ .*\n  shimlite", examples)
        assert codes == EXIT_CODES
    *_, examples, forms, secrets, checkpoints, stdout, codes = shown(capsys, "run", "--help").split("\n\n")
    assert examples.startswith("examples:\n  shimlite run later.py:later --input days=2 ")
    assert forms.splitlines() == ["what VALUE is:", *form_lines()]
    assert secrets.startswith("secrets: as in a pod, the variable _FSEC_GROUP_KEY")
    assert checkpoints.startswith("checkpoints: to go on where another run stopped, --checkpoint-path FOLDER ")
    assert stdout.startswith("stdout holds the outputs alone;")
    assert codes == EXIT_CODES
    *_, example, codes = shown(capsys, "execute", "--help").split("\n\n")
    assert example.startswith("example:\n  shimlite-execute --inputs s3://bucket/inputs.pb ")
    assert codes.startswith("exit codes: 0 where outputs.pb or error.pb is left, 1 where neither could be ")


def test_no_command_is_wrong_usage_and_shows_the_help(capsys):
    text = shown(capsys, "--help")
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert capsys.readouterr() == ("", text)


def test_the_versions(capsys):
    assert shown(capsys, "--version") == f"shimlite {shimlite.__version__}\n"
    for arguments in (["--version"], ["--inputs", "i", "--version"]):
        with pytest.raises(SystemExit) as caught:
            executed(arguments, Process())
        assert caught.value.code == 0
        assert capsys.readouterr().out == f"shimlite-execute {shimlite.__version__}\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["inspect", "--as", "x", "y"]])
def test_wrong_usage_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: shimlite")


def test_ctrl_c_is_one_line_and_130_anywhere(capsys, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("shimlite.commands.types.main", "argparse.ArgumentParser.parse_args", "shimlite.cli._parser"):
        with monkeypatch.context() as patch:
            patch.setattr(place, interrupt)
            assert main(["types"]) == 130
        assert capsys.readouterr() == ("", "shimlite: interrupted\n")


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_ctrl_c_while_the_program_waits_for_threads_shows_nothing(monkeypatch, handler):
    monkeypatch.setattr(sys, "argv", ["shimlite", "types"])
    before = signal.signal(signal.SIGINT, handler)
    try:
        assert main() == 0
        assert signal.getsignal(signal.SIGINT) is (signal.SIG_IGN if handler is signal.SIG_IGN else signal.SIG_DFL)
    finally:
        signal.signal(signal.SIGINT, before)


class Stream(io.TextIOWrapper):
    """A terminal of another encoding, or a file on a disk that is full."""

    def __init__(self, encoding: str = "utf-8", *, full: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding)
        self.is_full = full

    def flush(self) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().flush()

    def text(self) -> str:
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


def test_what_an_encoding_lacks_is_escaped(tmp_path, monkeypatch):
    stdout, stderr = Stream("ascii"), Stream("ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    name = f"{tmp_path}/caf\u00e9\udcff.pb"
    assert main(["inspect", name]) == 1
    message = dict_to_literal_map({"x": "\u20ac"}, template({"x": str}).interface.inputs)
    (tmp_path / "x.pb").write_bytes(message.SerializeToString())
    assert main(["inspect", str(tmp_path / "x.pb")]) == 0
    said = f"shimlite inspect: cannot read '{tmp_path}/caf\\xe9\\udcff.pb': No such file or directory\n"
    assert stderr.text() == said
    assert stdout.text() == "LiteralMap of 1\n  x: string '\\u20ac'\n"


def test_an_output_that_cannot_be_written(monkeypatch, capsys):
    stream = Stream(full=True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["types"]) == 1
    assert capsys.readouterr().err == "shimlite: cannot write the output: No space left on device\n"
    monkeypatch.undo()
    stream.is_full = False  # Python flushes it once more when it goes


def test_a_working_directory_that_is_gone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    try:
        assert main(["run", __file__]) == 1
        assert capsys.readouterr().err == "shimlite: no working directory: No such file or directory\n"
    finally:
        tmp_path.mkdir()


def test_streams_that_are_not_there(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["types"]) == 0
    assert main(["inspect", "none"]) == 1


def test_a_wrong_command_line_of_execute_ends_with_2_where_it_says_no_place_for_an_error():
    ended = shell("execute")
    assert (ended.returncode, ended.stdout) == (2, "")
    *usage, said = ended.stderr.splitlines()
    assert usage[0].startswith("usage: shimlite-execute ")
    assert said == ("shimlite-execute: arguments: the following arguments are required: --inputs, --output-prefix")


def test_an_execute_that_is_interrupted_without_end(monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shimlite.cli.TRIES", 3)
    monkeypatch.setattr("shimlite.cli._failed", interrupt)
    assert executed(["--no-such-option"], Process()) == Ending(1)


def test_a_failure_is_one_line_and_1():
    ended = shell("inspect", "no\nsuch")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "shimlite inspect: cannot read 'no\\nsuch': No such file or directory\n"


def test_a_reader_that_leaves_is_no_failure_of_ours(tmp_path):
    golden = ROOT / "tests" / "golden" / "sqlite3" / "task_template.pb"
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "shimlite", "inspect", str(golden)]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=write, stderr=subprocess.PIPE, timeout=60
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")


def completed(line: str, folder: pathlib.Path) -> list[str]:
    """What a shell offers after ``line``, asking as argcomplete's own hook does."""
    answer = folder / "answer"
    asked = {"COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n"}
    subprocess.run(
        [sys.executable, "-m", "shimlite"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "_ARGCOMPLETE_STDOUT_FILENAME": str(answer), **asked},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return answer.read_text().split("\n") if answer.exists() else []


def test_a_shell_may_ask_what_follows(tmp_path):
    assert completed("shimlite package later.py --im", tmp_path) == ["--image "]


def test_a_shell_gets_no_answer_without_argcomplete(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    monkeypatch.setenv("_ARGCOMPLETE", "1")
    assert main(["types", "--format", "json"]) == 0
    assert capsys.readouterr().out.startswith("{")
    asked: list[argparse.ArgumentParser] = []
    monkeypatch.setitem(sys.modules, "argcomplete", types.SimpleNamespace(autocomplete=asked.append))
    assert main(["types", "--format", "json"]) == 0
    assert [parser.prog for parser in asked] == ["shimlite"]
