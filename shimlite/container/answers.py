# SPDX-License-Identifier: Apache-2.0
"""What a store, obstore and the local disk answer where something fails, in one line of ours without their words.

It is the one place that imports obstore, the extra ``[remote]``. Next: ``store_streams``.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from ..errors import MissingExtraError, NotFoundError, StorageError, UriError
from ..files import shown

try:
    import obstore as obstore
    from obstore.exceptions import BaseError as BaseError
    from obstore.exceptions import GenericError as GenericError
    from obstore.exceptions import InvalidPathError as InvalidPathError
    from obstore.exceptions import (
        NotSupportedError,
        PermissionDeniedError,
        PreconditionError,
        UnauthenticatedError,
    )
except ImportError:
    raise MissingExtraError("URIs of other machines need obstore", hint="pip install 'shimlite[remote]'") from None


@contextlib.contextmanager
def reported(verb: str, uri: str) -> Iterator[None]:
    """Turns what obstore and the local disk raise into one line of ours, about what could not be done with ``uri``."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        if isinstance(error, StorageError):
            raise
        raise _kind(error)(f"cannot {verb} {shown(uri)!r}: {_reason(error)}") from None


def is_of_the_store(error: FileNotFoundError) -> bool:
    """And not of the local disk."""
    return error.errno is None


def _kind(error: Exception) -> type[StorageError]:
    if isinstance(error, FileNotFoundError) and is_of_the_store(error):
        return NotFoundError
    return UriError if isinstance(error, (InvalidPathError, ValueError)) else StorageError


_STATUS = re.compile(r"status code: (\d{3}(?: [A-Z][A-Za-z]*)*)")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_KIND = re.compile(r"kind: (Connect|Timeout|Request|Decode|Interrupted)\b")
_KINDS = {"Connect": "no connection", "Timeout": "no answer in time"}
_OTHERS = {
    GenericError: "the answer makes no sense",
    InvalidPathError: "a name has an empty or dotted part",
    OSError: "the connection broke",  # as the end of an upload has it, which says no more
    NotSupportedError: "its server gives whole files alone, no part of one",
    UnicodeEncodeError: "a name is no UTF-8",
    ValueError: "a name or address is not one that can be reached",
}


def _reason(error: Exception) -> str:
    """In few words; obstore's own are many, and hold the answer of the store."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.strerror or type(error).__name__
    text = str(error)
    status, code, kind = (pattern.search(text) for pattern in (_STATUS, _CODE, _KIND))
    if isinstance(error, FileNotFoundError):
        said = "it is not there"
    elif isinstance(error, PermissionDeniedError):
        said = "permission denied"
    elif isinstance(error, UnauthenticatedError):
        said = "not authenticated"
    elif isinstance(error, PreconditionError):
        said = "it was replaced meanwhile"
    elif status:
        said = f"the store answers {status[1]}"
    else:
        said = _KINDS.get(kind[1], "the connection broke") if kind else _OTHERS.get(type(error), type(error).__name__)
    return f"{said} ({code[1]})" if code else said
