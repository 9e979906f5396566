# SPDX-License-Identifier: Apache-2.0
"""The answers to all cases, one JSON object a line. On every Python and kind of protobuf they must be the same.

    python -m tests.corpus.record             writes answers.jsonl anew and prints how many lines changed
    python -m tests.corpus.record --digests   prints a digest of each line instead; with --backwards it asks in reverse

After a change of the core that is meant: record on any Python, read ``git diff tests/corpus/answers.jsonl``, which is
what the change does to people, and run ``nox -t corpus`` for the other Pythons.

An answer is a message's bytes in base64 or a digest of them (as ``SerializeToString(deterministic=True)`` gives them),
a value (``show.py``), or the class and text of an error; ``=`` is the answer before it once more. An error that is not
ours is named without its text, which is Python's.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import shimlite
from shimlite._idl import LiteralMap, Variable
from shimlite.engine import from_plain, to_plain

from ..support import packed, struct
from .cases import FOREIGN, VARIABLES, Case, Foreign, cases, type_of
from .show import show, spell

ANSWERS = pathlib.Path(__file__).parent / "answers.jsonl"
Line = dict[str, Any]


def answer(call: Callable[[], Any], say: Callable[[Any], Any] = show) -> Any:
    """What a call gives, as text, or how it is refused. Pythons differ in the letters that they print as such."""
    try:
        return say(call())
    except shimlite.ShimliteError as error:
        return f"{type(error).__name__}: {str(error).encode('ascii', 'backslashreplace').decode()}"
    except Exception as error:
        return f"not ours: {type(error).__name__}"


def brief(line: Line) -> Line:
    names = list(line)
    return {
        name: "=" if before and line[name] == line[before] else line[name] for before, name in zip(["", *names], names)
    }


def holder(python_type: Any) -> Any:
    """A record with one field of the type: msgpack holds its values."""
    words = {"__doc__": "Without it Python's own would spell the type, which it cannot do for all."}
    return dataclasses.make_dataclass("Holder", [("x", python_type)], namespace=words)


def of_type(python_type: Any) -> Line:
    record = holder(python_type)
    return {
        "literal type": answer(lambda: shimlite.to_literal_type(python_type)),
        "guess": answer(lambda: shimlite.guess_python_type(shimlite.to_literal_type(python_type)), spell),
        "losses": _losses(python_type, python_type),
        "losses alone": _losses(python_type, None),
        "record type": answer(lambda: shimlite.to_literal_type(record)),
        "record losses": _losses(record, record),
        "record losses alone": _losses(record, None),
    }


def _losses(python_type: Any, decoded_as: Any) -> Any:
    def say(fidelity: shimlite.Fidelity) -> list[str]:
        return [f"{loss.path or '.'}: {loss.what}; {loss.why}; {show(loss.witness)}" for loss in fidelity.losses]

    return answer(lambda: shimlite.fidelity(python_type, decoded_as), say)


def of_value(python_type: Any, value: Any) -> Line:
    """Written, read again by the type and by the template alone, and written again as what was read."""
    try:
        literal, literal_type = shimlite.to_literal(value, python_type), shimlite.to_literal_type(python_type)
    except Exception:
        return {"literal": answer(lambda: shimlite.to_literal(value, python_type))}
    answers = {
        "literal": show(literal),
        "back": answer(lambda: shimlite.to_python_value(literal, python_type)),
        "alone": answer(lambda: shimlite.to_python_value(literal, literal_type)),
    }
    normal = answer(lambda: shimlite.normal(literal, python_type))
    return answers if normal == show(literal) else {**answers, "normal": normal}


def of_case(case: Case) -> Iterator[Line]:
    """The type, then each value: as a literal, as plain data, and as a record's field."""
    python_type = type_of(case.type)
    record = holder(python_type)
    yield {"type": case.type, **brief(of_type(python_type))}
    for value in case.values:
        answers = brief({**of_value(python_type, value), **of_plain(python_type, value)})
        in_record = brief(of_value(record, record(value)))
        yield {"type": case.type, "value": show(value), **answers, "record": in_record}


def of_plain(python_type: Any, value: Any) -> Line:
    return {
        "plain": answer(lambda: to_plain(value, python_type)),
        "plain back": answer(lambda: from_plain(to_plain(value, python_type), python_type)),
    }


def of_foreign(case: Foreign) -> Iterator[Line]:
    python_type = type_of(case.type)
    record = holder(python_type)
    for data in case.data:
        yield {"read as": case.type, "data": show(data), **brief(of_data(python_type, record, data))}


def of_data(python_type: Any, record: Any, data: Any) -> Line:
    """Data of other writers: in msgpack, as a record's field and, where JSON can say it, in a Struct.

    A Struct keeps no order: which of several wrong keys is named may differ.
    """
    answers = {
        "msgpack": answer(lambda: shimlite.to_python_value(packed(data), python_type)),
        "record": answer(lambda: shimlite.to_python_value(packed({"x": data}), record)),
    }
    if is_json(data):
        text = answer(lambda: shimlite.to_python_value(struct({"x": data}), record))
        several = isinstance(data, dict) and len(data) > 1
        answers["struct"] = text.partition(": ")[0] if several and "Error: " in text else text
    return answers


def is_json(data: Any) -> bool:
    if isinstance(data, dict):
        return all(type(key) is str and is_json(one) for key, one in data.items())
    return all(map(is_json, data)) if isinstance(data, list) else not isinstance(data, bytes)


def of_variable(name: str) -> Line:
    """A path starts with a variable's name."""
    variables = {name: Variable(type=shimlite.to_literal_type(dict[str, int]))}
    literals = LiteralMap(literals={name: shimlite.to_literal({name: "a"}, dict[str, str])})
    return {
        "variable": show(name),
        "missing": answer(lambda: shimlite.literal_map_to_kwargs(LiteralMap(), variables)),
        "wrong": answer(lambda: shimlite.literal_map_to_kwargs(literals, variables)),
    }


def lines(backwards: bool = False) -> list[str]:
    """All answers, in their order; ``backwards`` asks for the last ones first, which must change nothing."""
    questions: list[Callable[[], list[Line]]] = [
        *(lambda case=case: [*of_case(case)] for case in cases()),
        *(lambda case=case: [*of_foreign(case)] for case in FOREIGN),
        *(lambda name=name: [of_variable(name)] for name in VARIABLES),
    ]
    turn = -1 if backwards else 1
    answers = [ask() for ask in questions[::turn]]
    return [json.dumps(line) for some in answers[::turn] for line in some]


def read_answers() -> list[str]:
    return ANSWERS.read_text("utf-8").splitlines()


def digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def main(arguments: list[str]) -> None:
    now = lines("--backwards" in arguments)
    if "--digests" in arguments:
        print("\n".join(map(digest, now)))
        return
    before = read_answers() if ANSWERS.exists() else []
    ANSWERS.write_text("\n".join(now) + "\n", "utf-8")
    print(f"{len(now)} lines, {len(set(now) - set(before))} of them new")


if __name__ == "__main__":
    main(sys.argv[1:])
