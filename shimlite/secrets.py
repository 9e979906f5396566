# SPDX-License-Identifier: Apache-2.0
"""Secrets, where Flyte's webhook puts them: in a pod's environment, or in files. flytekit's ``SecretsManager``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any

from .errors import SecretError

__all__ = ["Secrets"]

ENV_PREFIX, DEFAULT_DIR = "_FSEC_", "/etc/secrets"
FLYTE_2_PREFIX, FLYTE_2_ONLY = "_UNION_", "ACTION_NAME"
"""What ``FLYTE_SECRETS_ENV_PREFIX`` says on Flyte 2, and a variable that every pod has there, and no other."""


class Secrets:
    """Looks up secrets by group and key; ``secrets.group.key`` is ``secrets.get("group", "key")``.

    ``environment`` holds the secrets, and says where else to look: ``FLYTE_SECRETS_ENV_PREFIX``,
    ``FLYTE_SECRETS_DEFAULT_DIR`` and ``FLYTE_SECRETS_FILE_PREFIX``, of which empty ones do not count. Outside a pod, a
    variable without the prefix will do too. Flyte 2 drops the group, so there a secret is also looked for without it,
    and at last in the variable that Flyte 2's SDK names where nobody does: group and key without a prefix.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, *, in_pod: bool = False) -> None:
        self._environment = os.environ if environment is None else environment
        self._in_pod = in_pod
        told = self._told("ENV_PREFIX")
        self._drops_groups = told == FLYTE_2_PREFIX or FLYTE_2_ONLY in self._environment
        self._prefix = told or (FLYTE_2_PREFIX if self._drops_groups else ENV_PREFIX)
        self._has_default_names = bool(told) and self._drops_groups  # else a pod has no secrets among its variables

    def _told(self, name: str) -> str:
        return self._environment.get(f"FLYTE_SECRETS_{name}", "").strip()

    def get(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None, encode_mode: str = "r"
    ) -> str | bytes:
        """The secret, without white space around it; of a file read with ``encode_mode`` "rb", its bytes.

        Raises SecretError, naming where it was looked for, where there is none.
        """
        parts = _parts(group, group_version, key)
        variables, paths = self._variables(parts), self._paths(parts)
        found = self._of_variables(variables if self._in_pod else [*variables, _variable(parts)])
        if found is not None:
            return found
        where = f"neither the variable {variables[0]} nor the file {paths[0]} is there"
        try:
            for path in paths:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError), open(path, "rb") as file:
                    content = file.read().strip()
                    return content if encode_mode == "rb" else content.decode()
        except (OSError, ValueError) as error:
            where = f"{path}: {getattr(error, 'strerror', None) or 'no UTF-8 text'}"
        found = self._of_variables([_variable(parts).replace("-", "_")] if self._has_default_names else [])
        if found is not None:
            return found
        raise SecretError(where, path=f"secrets.{'.'.join(parts)}", hint="does the task ask for it?")

    def _of_variables(self, names: list[str]) -> str | None:
        return next((self._environment[name].strip() for name in names if name in self._environment), None)

    def get_secrets_env_var(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The name of the variable that holds a secret, or would."""
        names = self._variables(_parts(group, group_version, key))
        return next((name for name in names if name in self._environment), names[0])

    def get_secrets_file(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The path of the file that holds a secret, or would."""
        paths = self._paths(_parts(group, group_version, key))
        return next((path for path in paths if os.path.isfile(path)), paths[0])

    def _variables(self, parts: list[str]) -> list[str]:
        return [f"{self._prefix}{_variable(one)}" for one in ([parts, parts[-1:]] if self._drops_groups else [parts])]

    def _paths(self, parts: list[str]) -> list[str]:
        """Those of Flyte 2 have the key as it is written, or in small letters where it has a group's folder."""
        *groups, key = (part.lower() for part in parts)
        found = [(*groups, key), (parts[-1],), (key,)] if self._drops_groups else [(*groups, key)]
        folder, prefix = self._told("DEFAULT_DIR") or DEFAULT_DIR, self._told("FILE_PREFIX")
        return [os.path.join(folder, *one[:-1], prefix + one[-1]) for one in found]

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


def _variable(parts: list[str]) -> str:
    return "_".join(parts).upper()


def _parts(*names: Any) -> list[str]:
    """Those that are given. They may come from a template, which must not lead to other files."""
    given = [name for name in names if name]
    if not given:
        raise SecretError("neither a group nor a key is given", path="secrets")
    for name in given:
        if not isinstance(name, str) or "/" in name or "\0" in name or name in (".", ".."):
            raise SecretError("a group, version or key cannot be a path", path="secrets")
    return given
