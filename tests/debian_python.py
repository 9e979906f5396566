# SPDX-License-Identifier: Apache-2.0
"""A Python that this machine does not have, from Debian unstable: ``python -m tests.debian_python 3.14 FOLDER``.

apt downloads the packages of that Python and all that they need, its libc among them, from the mirror that this machine
uses, with a state of its own, so that nothing is installed and root is not needed. dpkg unpacks them in a folder; a
small script there starts the interpreter with the libc beside it. A virtual environment can be made of that script, and
``sys.executable`` names it. Raises OSError and CalledProcessError where there is no apt, no mirror of Debian's, no
network, or no such package.
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
TARGETS = ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
OPTIONS = """
Dir::Etc::sourcelist "{folder}/unstable.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::State "{folder}/state";
Dir::State::status "{folder}/state/status";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "";
"""
SOURCE = "Types: deb\nURIs: {uri}\nSuites: unstable\nComponents: main\nSigned-By: {keys}\n"
STARTER = """#!/bin/sh
exec '{loader}' --library-path '{libraries}' --argv0 "$0" '{program}' "$@"
"""


def mirror() -> str:
    """The URI of Debian's packages, as this machine's apt has it."""
    told = subprocess.run(TARGETS, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^(\S+/debian/?)$", told, re.MULTILINE)
    if found is None:
        raise OSError("apt knows no mirror of Debian's")
    return found[1]


def unpack(version: str, folder: pathlib.Path) -> None:
    """Downloads and unpacks the packages into ``folder/root``."""
    for place in ("state/lists/partial", "cache/archives/partial"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / "state" / "status").touch()  # nothing is installed, so that all that is needed is downloaded
    (folder / "unstable.sources").write_text(SOURCE.format(uri=mirror(), keys=KEYS))
    (folder / "apt.conf").write_text(OPTIONS.format(folder=folder))
    environment = {**os.environ, "APT_CONFIG": str(folder / "apt.conf")}
    install = ("install", "-qq", "-y", "--no-install-recommends", "--download-only", f"python{version}")
    for arguments in (("update", "-qq"), install):
        subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
    for package in sorted((folder / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, folder / "root"], check=True)


def python(version: str, folder: pathlib.Path) -> pathlib.Path:
    """The program to start, which is made where it is not there yet."""
    folder = folder.resolve()
    starter = folder / "root" / "usr" / "bin" / f"start-python{version}"  # where the interpreter looks for its library
    if not starter.exists():
        unpack(version, folder)
        (loader,) = folder.glob("root/usr/lib*/ld-linux*.so.*")
        (libraries,) = folder.glob("root/usr/lib/*-linux-gnu")
        made = STARTER.format(loader=loader, libraries=libraries, program=starter.with_name(f"python{version}"))
        starter.write_text(made)
        starter.chmod(0o755)
    return starter


if __name__ == "__main__":
    print(python(sys.argv[1], pathlib.Path(sys.argv[2])))
