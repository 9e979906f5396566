# SPDX-License-Identifier: Apache-2.0
"""The executor's logger, set up as Flyte's variables say: JSON lines on stderr, as flytekit writes them in a pod."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "asctime": self.formatTime(record),
            "name": record.name,
            "levelname": record.levelname,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def executors_logger(environment: Mapping[str, str]) -> logging.Logger:
    """The logger with a handler, the level of ``FLYTE_SDK_LOGGING_LEVEL`` (a number or a name; default INFO), and the
    format of ``FLYTE_SDK_LOGGING_FORMAT`` (default JSON; anything else is plain text)."""
    logger = logging.getLogger("shimlite.executor")
    handler = logging.StreamHandler()
    plain = environment.get("FLYTE_SDK_LOGGING_FORMAT", "json") != "json"
    handler.setFormatter(logging.Formatter("[%(name)s] %(message)s") if plain else _JsonLines())
    logger.handlers = [handler]
    logger.propagate = False
    told = environment.get("FLYTE_SDK_LOGGING_LEVEL") or "INFO"
    try:
        logger.setLevel(int(told) if told.isdigit() else told.upper())
    except ValueError:
        logger.setLevel(logging.INFO)
        logger.warning("FLYTE_SDK_LOGGING_LEVEL names no level")
    return logger
