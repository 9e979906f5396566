# SPDX-License-Identifier: Apache-2.0
"""pyflyte-execute's command line."""

from __future__ import annotations

import argparse

import pytest

from shimlite.container.arguments import Arguments, add_options, parse

MINIMUM = ["--inputs", "i", "--output-prefix", "o"]


def parsed(*argv: str) -> Arguments:
    parser = argparse.ArgumentParser(prog="shimlite-execute", allow_abbrev=False)
    add_options(parser)
    return parse(parser, argv)


def refused(capsys, *argv: str) -> str:
    with pytest.raises(SystemExit) as caught:
        parsed(*argv)
    assert caught.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


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


def test_wrong_usage_ends_with_2(capsys):
    start = "shimlite-execute: error: "
    assert refused(capsys, *MINIMUM) == f"{start}the following arguments are required: ARGUMENT"
    assert refused(capsys, *MINIMUM, "t") == (
        f"{start}give two arguments: the template's URI and the executor's import path"
    )
    assert refused(capsys, "t", "m.E") == f"{start}the following arguments are required: --inputs, --output-prefix"
    assert refused(capsys, *MINIMUM, "--nonsense", "t", "m.E") == f"{start}unrecognized arguments: --nonsense"
    assert refused(capsys, "--input", "i", "--output-prefix", "o", "t", "m.E").startswith(start)
