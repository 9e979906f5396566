# SPDX-License-Identifier: Apache-2.0
"""pyflyte-execute's command line."""

from __future__ import annotations

import pytest

from shimlite import ArgumentsError
from shimlite.container.arguments import Arguments, Parser, output_prefix_in, parse

MINIMUM = ["--inputs", "i", "--output-prefix", "o"]


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
        template="t", executor="m.E", inputs="i", output_prefix="o", raw_output_prefix="r", checkpoint_path="c",
        prev_checkpoint="p", resolver="x", test=True,
    )  # fmt: skip


def test_the_least():
    assert parsed(*MINIMUM, "t", "m.E") == Arguments("t", "m.E", "i", "o")


def test_order_and_form_are_free():
    assert parsed("t", "--inputs=i", "m.E", "--output-prefix=x", "--output-prefix=o") == Arguments("t", "m.E", "i", "o")


@pytest.mark.parametrize("unfilled", ["{{.rawOutputDataPrefix}}", "{{ $rawOutputDataPrefix }}", '""', ""])
def test_unfilled_variables_count_as_absent(unfilled):
    options = ["--raw-output-data-prefix", "--checkpoint-path", "--prev-checkpoint"]
    given = [word for option in options for word in (option, unfilled)]
    assert parsed(*MINIMUM, *given, "t", "m.E") == Arguments("t", "m.E", "i", "o")


def test_what_stands_after_two_dashes_is_no_option():
    assert parsed(*MINIMUM, "--", "t", "--test", "--", "--inputs") == Arguments("t", "--test", "i", "o")
    assert parsed(*MINIMUM, "t", "--", "-x") == Arguments("t", "-x", "i", "o")


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
    assert output_prefix_in(argv) == prefix
