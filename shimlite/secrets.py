# SPDX-License-Identifier: Apache-2.0
"""Secrets, where Flyte's webhook puts them: in a pod's environment, or in files. flytekit's ``SecretsManager``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .errors import SecretError

__all__ = ["Secrets"]

ENV_PREFIX, DEFAULT_DIR = "_FSEC_", "/etc/secrets"


class Secrets:
    """Looks up secrets by group and key; ``secrets.group.key`` is ``secrets.get("group", "key")``.

    ``environment`` holds the secrets, and says where else to look: ``FLYTE_SECRETS_ENV_PREFIX``,
    ``FLYTE_SECRETS_DEFAULT_DIR`` and ``FLYTE_SECRETS_FILE_PREFIX``, of which empty ones do not count. Outside a pod, a
    variable without the prefix will do too.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, *, in_pod: bool = False) -> None:
        self._environment = os.environ if environment is None else environment
        self._env_prefixes = [self._told("ENV_PREFIX") or ENV_PREFIX] + ([] if in_pod else [""])

    def _told(self, name: str) -> str:
        return self._environment.get(f"FLYTE_SECRETS_{name}", "").strip()

    def get(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None, encode_mode: str = "r"
    ) -> str | bytes:
        """The secret, without white space around it; of a file read with ``encode_mode`` "rb", its bytes.

        Raises SecretError, naming where it was looked for, where there is none.
        """
        parts = _parts(group, group_version, key)
        variable, path = self._variable(parts), self._path(parts)
        for prefix in self._env_prefixes:
            found = self._environment.get(f"{prefix}{variable}")
            if found is not None:
                return found.strip()
        try:
            with open(path, "rb") as file:
                content = file.read().strip()
            return content if encode_mode == "rb" else content.decode()
        except FileNotFoundError:
            where = f"neither the variable {self._env_prefixes[0]}{variable} nor the file {path} is there"
        except (OSError, ValueError) as error:
            where = f"{path}: {getattr(error, 'strerror', None) or 'no UTF-8 text'}"
        raise SecretError(where, path=f"secrets.{'.'.join(parts)}", hint="does the task ask for it?")

    def get_secrets_env_var(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The name of the variable that holds a secret."""
        return f"{self._env_prefixes[0]}{self._variable(_parts(group, group_version, key))}"

    def get_secrets_file(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The path of the file that holds a secret."""
        return self._path(_parts(group, group_version, key))

    def _variable(self, parts: list[str]) -> str:
        return "_".join(parts).upper()

    def _path(self, parts: list[str]) -> str:
        *groups, key = (part.lower() for part in parts)
        return os.path.join(self._told("DEFAULT_DIR") or DEFAULT_DIR, *groups, self._told("FILE_PREFIX") + key)

    def __getattr__(self, group: str) -> _Group:
        if group.startswith("__"):  # what copy and pickle look for
            raise AttributeError(group)
        return _Group(self, group)

    def __repr__(self) -> str:
        return "Secrets()"


class _Group:
    def __init__(self, secrets: Secrets, group: str) -> None:
        self._secrets = secrets
        self._group = group

    def __getattr__(self, key: str) -> str | bytes:
        if key.startswith("__"):
            raise AttributeError(key)
        return self._secrets.get(self._group, key)


def _parts(*names: Any) -> list[str]:
    """Those that are given. They may come from a template, which must not lead to other files."""
    given = [name for name in names if name]
    if not given:
        raise SecretError("neither a group nor a key is given", path="secrets")
    for name in given:
        if not isinstance(name, str) or "/" in name or "\0" in name or name in (".", ".."):
            raise SecretError("a group, version or key cannot be a path", path="secrets")
    return given
