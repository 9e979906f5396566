# SPDX-License-Identifier: Apache-2.0
"""All that a pod must know of Flyte 2: how it asks for its template, and how it must end.

Flyte 2 puts ``inline://taskTemplate`` where Flyte 1 has the template's URI, and writes no file. Its service has the
template and gives it to whoever asks: one POST of the Connect protocol. There, what fails as SYSTEM and RECOVERABLE,
and what ends with another code than 0, starts pods without end.

It is imported by a pod of Flyte 2's, and where an argument is ``inline://…``; by no other. It needs no flyteidl2.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .._idl import ContainerError, DecodeError, ExecutionError, Void, unknown_fields
from ..errors import NotFoundError, OutputsError, ShimliteError, StorageError, TemplateError
from .threads import briefly

RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE
UNKNOWN, USER, SYSTEM = ExecutionError.UNKNOWN, ExecutionError.USER, ExecutionError.SYSTEM

if TYPE_CHECKING:
    from http.client import HTTPConnection

Class = tuple[str, ContainerError.Kind, ExecutionError.ErrorKind]
"""Code, kind and origin of an error document."""

_NON_RECOVERABLE = "flyte.errors.NonRecoverableError"
"""An exception of the SDK's. It is known by its name, never imported."""


class Flyte2:
    """A pod of Flyte 2's."""

    def classified(self, error: type[BaseException], names: Collection[str], found: Class) -> Class:
        """What an executor raises is tried again, as the SDK's own tasks are, unless it is a NonRecoverableError.

        A fault of the platform's gets no origin, so that ``retries`` count. A file that is not there is not waited for.
        """
        code, kind, origin = found
        if issubclass(error, NotFoundError):
            return code, NON_RECOVERABLE, origin
        if issubclass(error, ShimliteError) or origin == SYSTEM:
            return code, kind, UNKNOWN if (kind, origin) == (RECOVERABLE, SYSTEM) else origin
        return code, NON_RECOVERABLE if _NON_RECOVERABLE in names else RECOVERABLE, origin

    def exit_code(self, code: int) -> int:
        """Always 0: where no file is there, the platform looks for it four times, and then fails the action."""
        return 0

    def refused_silence(self) -> ShimliteError:
        return OutputsError(
            "the executor raised IgnoreOutputs, and on Flyte 2 nobody else writes them",
            path="outputs",
            hint="return them",
        )


# ------------------------------------------------------------------------------------------------ asking for a template

METHOD = "/flyteidl2.workflow.RunService/GetActionDetails"
HEADERS = {"Content-Type": "application/proto", "Connect-Protocol-Version": "1"}
TEMPLATE = (1, 6, 1)
"""``GetActionDetailsResponse.details.task.task_template``, by the numbers of its fields."""

RUN = (2, "FLYTE_INTERNAL_EXECUTION_PROJECT"), (3, "FLYTE_INTERNAL_EXECUTION_DOMAIN"), (4, "RUN_NAME")
"""The fields of a ``RunIdentifier``, and the variables that have them."""

LONGEST = 30.0
"""Seconds for all of it: a try that gets an answer takes some 0.03."""
SILENCE = 10.0
"""Seconds without a byte after which a try is over: the next may come to another pod of the service's."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds after each try that got no answer: a service is restarted in less than their sum."""
LARGEST_ANSWER = 2**24
"""Bytes: Flyte 2 starts no task whose template has a twentieth of that."""

ADDRESS, INSECURE, SKIP_VERIFY = "_U_EP_OVERRIDE", "_U_INSECURE", "_U_INSECURE_SKIP_VERIFY"
TRUE = ("1", "t", "true")
HINT = f"the operator sets {ADDRESS} (plugins.k8s.default-env-vars); a data: URI in the task's arguments asks nobody"

_ASKED_LATER = (408, 429, 500, 502, 503, 504)
"""Statuses of a service that cannot answer now."""
_DNS = re.compile(r"dns:(//[^/]*/|(?=.*:))", re.IGNORECASE)
"""How gRPC spells an address. A host may be called dns itself."""
_CODE = re.compile(rb'"code"\s*:\s*"([a-z_]{1,30})"')
_OF_TLS = ("SSLError", "SSLCertVerificationError")
"""What no other try changes; others of TLS say that the connection broke."""
_NO_ADDRESS = f"{ADDRESS} is no address of a service"
_BROKE = "the connection broke"
_WITH_A_LENGTH = 2
"""protobuf's wire type of messages and texts."""


class Question(NamedTuple):
    """What is asked of whom."""

    is_plain: bool
    host: str
    port: int | None
    path: str
    body: bytes
    verifies: bool
    """Whether the service's certificate must be of somebody whom the image trusts."""

    @property
    def service(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"http{'' if self.is_plain else 's'}://{host}{port}"


def ask_for_template(environment: Mapping[str, str]) -> bytes:
    """The bytes of the ``TaskTemplate`` of the action that this pod runs.

    Raises TemplateError where nobody can be asked or the answer is no template, and StorageError where there is none.
    """
    question = _question(environment)
    until = time.monotonic() + LONGEST
    answers: list[bytes | BaseException] = []

    def ask() -> None:
        try:
            answers.append(_template_in(_asked(question, until), question))
        except BaseException as error:
            answers.append(error)

    briefly(ask, LONGEST)
    if not answers:  # the name of the service is still looked up, or its answer comes byte by byte
        raise _unanswered(question, f"no answer in {LONGEST:.0f} seconds")
    if isinstance(answers[0], BaseException):
        raise answers[0]
    return answers[0]


def _question(environment: Mapping[str, str]) -> Question:
    """Raises TemplateError where the environment does not say whom to ask, or for what."""
    told = environment.get(ADDRESS, "").strip()
    if not told:
        raise _refused(f"it must be asked for, and {ADDRESS} does not say of whom")
    run = b""
    for number, name in RUN:
        run += _field(number, _variable(environment, name))
    action = _field(1, run) + _field(2, _variable(environment, "ACTION_NAME"))
    is_plain, skips = (environment.get(name, "").strip().lower() in TRUE for name in (INSECURE, SKIP_VERIFY))
    dns = _DNS.match(told)
    scheme, separator, address = told[dns.end() if dns else 0 :].partition("://")
    if not separator:
        scheme, address = "http" if is_plain else "https", scheme
    scheme = scheme.lower()
    import urllib.parse

    try:
        parts = urllib.parse.urlsplit(f"{scheme}://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if scheme not in ("http", "https") or not host:
        raise _refused(_NO_ADDRESS)
    path = parts.path.rstrip("/") + METHOD
    return Question(scheme == "http", host, port, path, _field(1, action), verifies=not skips)


def _variable(environment: Mapping[str, str], name: str) -> bytes:
    value = environment.get(name, "")
    if not value:
        raise _refused(f"it must be asked for, and {name} is not set")
    return value.encode(errors="surrogateescape")


def _field(number: int, content: bytes) -> bytes:
    """A field of protobuf's that has a length."""
    size, length = len(content), bytearray()
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes((number << 3 | 2, *length, size)) + content


def _asked(question: Question, until: float) -> bytes:
    """The body of the answer. Raises StorageError where none comes, in some tries, and TemplateError for another."""
    said = "no answer in time"
    for pause in (*PAUSES, 0.0):
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            return _answer(question, min(left, SILENCE))
        except _NoAnswerError as error:
            said = str(error)
        time.sleep(min(pause, max(0.0, until - time.monotonic())))
    raise _unanswered(question, said)


class _NoAnswerError(Exception):
    """The service does not answer, and may later. Its text says in what way."""


def _answer(question: Question, seconds: float) -> bytes:
    """The body of an answer. Redirects are not followed, and no proxy is asked: the service is the cluster's own."""
    import http.client

    try:
        with contextlib.closing(_connection(question, seconds)) as connection:
            connection.request("POST", question.path, question.body, HEADERS)
            with connection.getresponse() as answer:
                content = _content(answer)
    except OSError as error:
        if type(error).__name__ in _OF_TLS:
            raise _refused(f"{question.service} cannot be asked for the template: {_words(error)}") from None
        raise _NoAnswerError(_words(error)) from None
    except http.client.IncompleteRead:
        raise _NoAnswerError(_BROKE) from None
    except (ValueError, http.client.InvalidURL):  # of a name that no host can have
        raise _refused(_NO_ADDRESS) from None
    except http.client.HTTPException:
        raise _refused(f"{question.service} was asked for the template and answers no HTTP") from None
    if answer.length and len(content) <= LARGEST_ANSWER:
        raise _NoAnswerError(_BROKE)
    _check(question, answer, content)
    return content


def _connection(question: Question, seconds: float) -> HTTPConnection:
    import http.client

    if question.is_plain:
        return http.client.HTTPConnection(question.host, question.port or 80, timeout=seconds)
    import ssl

    context = ssl.create_default_context()
    if not question.verifies:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(question.host, question.port or 443, timeout=seconds, context=context)


def _content(answer: Any) -> bytes:
    """What an answer has, and little more than LARGEST_ANSWER of it.

    It is read into a part of fixed size: ``read`` takes a chunk whose size is -1 for all that comes.
    """
    content, part = bytearray(), bytearray(2**16)
    while len(content) <= LARGEST_ANSWER and (size := answer.readinto(part)):
        content += part[:size]
    return bytes(content)


def _words(error: OSError) -> str:
    reason = getattr(error, "reason", None)  # of TLS
    if isinstance(reason, str):
        return reason.lower().replace("_", " ")
    return "no answer in time" if isinstance(error, TimeoutError) else error.strerror or _BROKE


def _check(question: Question, answer: Any, content: bytes) -> None:
    """Raises _NoAnswerError and TemplateError for an answer that is none to what was asked."""
    status, said = answer.status, _CODE.search(content[:1000])
    shown = f"{status} {said[1].decode()}" if said and status != 200 else f"{status}"
    if status in _ASKED_LATER:
        raise _NoAnswerError(f"the service answers {shown}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status in (401, 403):
        fault = f"does not give it to this pod ({shown})"
    elif status == 404 and said and said[1] == b"not_found":
        fault = f"knows no such action ({shown})"
    elif 300 <= status < 400:
        fault = f"sends the question elsewhere ({shown}), which is not followed"
    elif status != 200:
        fault = f"answers {shown}"
    elif len(content) > LARGEST_ANSWER:
        fault = f"answers more than {LARGEST_ANSWER} bytes"
    elif kind != HEADERS["Content-Type"] or answer.headers.get("Content-Encoding", "identity") != "identity":
        fault = "answers something else than plain protobuf"
    else:
        return
    raise _refused(f"{question.service} was asked for the template and {fault}")


def _template_in(content: bytes, question: Question) -> bytes:
    """The bytes at the place of the template. Raises TemplateError where there are none."""
    fault = "its answer holds none"
    try:
        for number in TEMPLATE:
            fields = unknown_fields(Void.FromString(content))
            content = b"".join(part for key, kind, part in fields if (key, kind) == (number, _WITH_A_LENGTH))
    except (DecodeError, RecursionError, ValueError):
        content, fault = b"", "its answer is no protobuf"
    if not content:
        raise _refused(f"{question.service} was asked for the template and {fault}")
    return content


def _refused(reason: str) -> TemplateError:
    return TemplateError(reason, path="template", hint=HINT)


def _unanswered(question: Question, said: str) -> StorageError:
    return StorageError(f"{question.service} was asked for the template: {said}", path="template", hint=HINT)
