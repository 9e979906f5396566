# SPDX-License-Identifier: Apache-2.0
"""The executor's logger in a pod."""

from __future__ import annotations

import json
import logging

import pytest

from shimlite.container.logs import executors_logger

LOGGER = logging.getLogger("shimlite.executor")


@pytest.fixture(autouse=True)
def as_before():
    before = LOGGER.handlers, LOGGER.propagate, LOGGER.level
    yield
    LOGGER.handlers, LOGGER.propagate, LOGGER.level = before


@pytest.fixture
def said(capsys):
    """What the logger writes at each level in an environment."""

    def lines(**environment: str) -> list[str]:
        made = executors_logger(environment)
        assert made is LOGGER
        for level in ("debug", "info", "error"):
            getattr(made, level)("%s é", level)
        return capsys.readouterr().err.splitlines()

    return lines


def test_lines_of_json(said):
    lines = [json.loads(line) for line in said()]
    assert [(line["name"], line["levelname"], line["message"]) for line in lines] == [
        ("shimlite.executor", "INFO", "info é"),
        ("shimlite.executor", "ERROR", "error é"),
    ]
    assert all(line["asctime"][:2] == "20" for line in lines)


def test_plain_lines(said):
    assert said(FLYTE_SDK_LOGGING_FORMAT="plain") == ["[shimlite.executor] info é", "[shimlite.executor] error é"]


@pytest.mark.parametrize(("level", "count"), [("10", 3), ("40", 1), ("debug", 3), ("ERROR", 1), ("", 2)])
def test_levels(said, level, count):
    assert len(said(FLYTE_SDK_LOGGING_LEVEL=level)) == count


def test_a_level_that_is_none_is_said(said):
    first, *rest = said(FLYTE_SDK_LOGGING_LEVEL="loud")
    assert json.loads(first)["message"] == "FLYTE_SDK_LOGGING_LEVEL names no level"
    assert len(rest) == 2


def test_exceptions(capsys):
    logger = executors_logger({})
    try:
        raise ValueError("it broke")
    except ValueError:
        logger.exception("failed")
    said = json.loads(capsys.readouterr().err)
    assert said["exc_info"].endswith("ValueError: it broke")
