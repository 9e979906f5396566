# SPDX-License-Identifier: Apache-2.0
"""pyflyte-execute's command line."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

from shimlite import ArgumentsError
from shimlite.container.arguments import Arguments, Parser, _filled, output_prefix_in, parse

MINIMUM = ["--inputs", "i", "--output-prefix", "o"]
HERE = os.getcwd()
LEAST = Arguments(f"{HERE}/t", "m.E", f"{HERE}/i", f"{HERE}/o")


def parsed(*argv: str) -> Arguments:
    return parse(Parser(prog="shimlite-execute"), argv)


def refused(*argv: str) -> str:
    with pytest.raises(ArgumentsError) as caught:
        parsed(*argv)
    return str(caught.value)


def test_all_of_them():
    assert parsed(
        *MINIMUM, "--raw-output-data-prefix", "r", "--checkpoint-path", "c", "--prev-checkpoint", "p",
        "--resolver", "x", "--dynamic-addl-distro", "d", "--dynamic-dest-dir", "e", "--test", "--", "t", "m.E", "more",
    ) == Arguments(
        template=f"{HERE}/t", executor="m.E", inputs=f"{HERE}/i", output_prefix=f"{HERE}/o",
        raw_output_prefix=f"{HERE}/r", checkpoint_path=f"{HERE}/c", prev_checkpoint=f"{HERE}/p", resolver="x",
        test=True,
    )  # fmt: skip


def test_the_least():
    assert parsed(*MINIMUM, "t", "m.E") == LEAST


def test_order_and_form_are_free():
    assert parsed("t", "--inputs=i", "m.E", "--output-prefix=x", "--output-prefix=o") == LEAST


@pytest.mark.parametrize("unfilled", ["{{.rawOutputDataPrefix}}", "{{ $rawOutputDataPrefix }}", '""', ""])
def test_unfilled_variables_count_as_absent(unfilled):
    options = ["--raw-output-data-prefix", "--checkpoint-path", "--prev-checkpoint"]
    given = [word for option in options for word in (option, unfilled)]
    assert parsed(*MINIMUM, *given, "t", "m.E") == LEAST


def test_what_stands_after_two_dashes_is_no_option():
    assert parsed(*MINIMUM, "--", "t", "--test", "--", "--inputs") == LEAST._replace(executor="--test")
    assert parsed(*MINIMUM, "t", "--", "-x") == LEAST._replace(executor="-x")


def test_wrong_usage_is_refused():
    for arguments in ((), ("t",), ("--",), ("--", "t")):
        assert refused(*MINIMUM, *arguments) == (
            "arguments: give two arguments: the template's URI and the executor's import path"
        )
    assert refused("t", "m.E") == "arguments: the following arguments are required: --inputs, --output-prefix"
    assert refused(*MINIMUM, "--nonsense", "t", "m.E") == "arguments: unrecognized arguments: --nonsense"
    assert refused(*MINIMUM, "--input", "i", "t", "m.E") == "arguments: unrecognized arguments: --input"
    assert refused("--inputs", "i", "--output-prefix", "{{.outputPrefix}}", "t", "m.E") == (
        "arguments: --output-prefix is empty"
    )


@pytest.mark.parametrize(
    ("argv", "prefix"),
    [
        (["--output-prefix", "o"], "o"),
        (["--output-prefix=o", "t"], "o"),
        (["--output-prefix", "a", "--output-prefix", "b"], "b"),
        (["--output-prefix"], ""),
        (["--output-prefix", "--resolver", "x"], ""),
        (["--output-prefix", "{{.outputPrefix}}"], ""),
        (["--", "--output-prefix", "o"], ""),
        (["--output-prefix", "o", "--", "t"], "o"),
        ([], ""),
    ],
)
def test_the_output_prefix_is_found_in_a_wrong_command_line(argv, prefix):
    assert output_prefix_in(argv) == (f"{HERE}/{prefix}" if prefix else "")


@pytest.mark.parametrize("prefix", ["/", "///", "file:///", "file://", "s3://", "s3:///", "gs:////"])
def test_the_root_of_all_files_is_no_output_prefix(prefix):
    told = refused("--inputs", "i", "--output-prefix", prefix, "t", "m.E")
    assert re.fullmatch(
        "arguments: (--output-prefix is the root of all files|'file://' is neither a path nor a URI)", told
    )
    assert output_prefix_in(["--output-prefix", prefix]) == ""


@pytest.mark.parametrize(
    "option",
    ["--inputs", "--output-prefix", "--raw-output-data-prefix", "--checkpoint-path", "--prev-checkpoint", "template"],
)
@pytest.mark.parametrize("value", ["s3:/b/x", "file:/x", "gs:/", "file://s3:/b", "inline:/taskTemplate"])
def test_a_uri_that_lacks_a_slash_is_no_path(option, value):
    argv = [*MINIMUM, value, "m.E"] if option == "template" else [*MINIMUM, option, value, "t", "m.E"]
    assert refused(*argv) == f"arguments: {value!r} is neither a path nor a URI"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a/../b", f"{HERE}/b"),
        ("./a/", f"{HERE}/a/"),
        (".", HERE),
        ("/a//b/", "/a/b/"),
        ("/", "/"),
        ("a:b/c", f"{HERE}/a:b/c"),
        ("c:/x", f"{HERE}/c:/x"),
        ("file://a/b", f"file://{HERE}/a/b"),
        ("file:///a/b", "file:///a/b"),
        ("s3://b/../x", "s3://b/../x"),
        ("data2://x", "data2://x"),
        ("", ""),
    ],
)
def test_paths_are_absolute_and_uris_as_they_are(value, path):
    assert parsed(*MINIMUM, "--raw-output-data-prefix", value, "t", "m.E").raw_output_prefix == path


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("o/", f"{HERE}/o"), ("/o//", "/o"), ("file:///o/", "file:///o"), ("file://o", f"file://{HERE}/o"),
        ("s3://b/", "s3://b"), ("s3://b/x//", "s3://b/x"), ("a b", f"{HERE}/a b"),
    ],
)  # fmt: skip
def test_the_output_prefix_has_no_slash_at_its_end(value, folder):
    assert parsed("--inputs", "i", "--output-prefix", value, "t", "m.E").output_prefix == folder
    assert output_prefix_in([f"--output-prefix={value}"]) == folder


def test_a_working_directory_that_was_removed(tmp_path):
    program = (
        "import os, sys; from shimlite import ArgumentsError\n"
        "from shimlite.container.arguments import Parser, output_prefix_in, parse\n"
        "os.rmdir(os.getcwd())\n"
        "for start in '', '/':\n"
        "    argv = ['--inputs', f'{start}i', '--output-prefix', f'{start}o', f'{start}t', 'm.E']\n"
        "    try:\n"
        "        print(parse(Parser(prog='x'), argv)[:4], end=' ')\n"
        "    except ArgumentsError as error:\n"
        "        print(error, end=' ')\n"
        "    print(repr(output_prefix_in(argv)))\n"
    )
    folder = tmp_path / "gone"
    folder.mkdir()
    command = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-s", "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        "arguments: there is no working directory: No such file or directory ''",
        "('/t', 'm.E', '/i', '/o') '/o'",
    ]


@pytest.mark.parametrize("value", ["", '""', "{{.input}}"])
def test_what_is_needed_may_not_be_empty(value):
    assert refused("--inputs", value, "--output-prefix", "o", "t", "m.E") == "arguments: --inputs is empty"
    assert refused(*MINIMUM, value, "m.E") == "arguments: TEMPLATE is empty"


@pytest.mark.parametrize("uri", ["s3:b", "file:", "file:x", "data:,x", "inline:x", "https:h"])
def test_a_uri_that_lacks_its_slashes_is_no_path(uri):
    assert refused("--inputs", uri, "--output-prefix", "o", "t", "m.E") == (
        f"arguments: {uri!r} is neither a path nor a URI"
    )
    assert parsed("--inputs", f"./{uri}", "--output-prefix", "o", "t", "m.E").inputs == f"{HERE}/{uri}"


@pytest.mark.parametrize("uri", ["data:,x", "data:", "DATA:text/plain;base64,AAAA", "data:,{{.k}}"])
def test_the_template_alone_may_be_in_the_arguments(uri):
    assert parsed(*MINIMUM, uri, "m.E").template == uri
    assert parsed(*MINIMUM, f"./{uri}", "m.E").template == os.path.abspath(f"./{uri}")


@pytest.mark.parametrize("uri", ["inline://taskTemplate", "inline://x"])
def test_a_template_that_is_asked_for(uri):
    assert parsed(*MINIMUM, uri, "m.E").template == uri


def test_two_dashes_are_no_value():
    """argparse gives an empty list for it, or the dashes."""
    assert refused("--inputs", "i", "--output-prefix=", "t", "m.E") == "arguments: --output-prefix is empty"
    with pytest.raises(ArgumentsError) as caught:
        _filled([])
    assert str(caught.value) == "arguments: an option has no value"
