# SPDX-License-Identifier: Apache-2.0
"""The Enum that stands for a template's values: one class while anything holds it, and members that pickle."""

import copy
import gc
import pathlib
import pickle
import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest

import shimlite
from shimlite._idl import LiteralMap, Variable

from ..support import LiteralType, collection, primitive, simple, union

AWKWARD = ("", "mro", "_x_", "__x__", "name", "value", "class", "a b", "a\nb", "\u2603", "a" * 5000, "__reduce_ex__")


def enum_type(*values: str, tag: str = "") -> LiteralType:
    literal_type = LiteralType(enum_type={"values": values})
    if tag:
        literal_type.structure.tag = tag
    return literal_type


def text(value: str) -> Any:
    return primitive(string_value=value)


def many_others(count: int = 2_000) -> None:
    """Types that push all others out of every cache that is bounded."""
    for number in range(count):
        other = enum_type("a", f"other{number}")
        shimlite.guess_python_type(other)
        shimlite.to_python_value(text("a"), other)
    gc.collect()


@pytest.mark.parametrize("holder", ["class", "member", "list type"])
def test_the_class_is_the_same_while_anything_holds_it(holder):
    literal_type = enum_type("kept", holder)
    first = shimlite.guess_python_type(literal_type)
    number = id(first)
    held: Any = {"class": first, "member": first("kept"), "list type": list[first]}[holder]
    del first
    many_others()
    again = shimlite.guess_python_type(literal_type)
    assert id(again) == number
    value = shimlite.to_python_value(text("kept"), literal_type)
    assert type(value) is again and value is again("kept")
    inner = {"class": held, "member": type(held), "list type": getattr(held, "__args__", (None,))[0]}[holder]
    assert inner is again
    assert shimlite.to_literal(again("kept"), literal_type) == shimlite.to_literal(value, again) == text("kept")


def test_a_guess_and_values_that_were_decoded_before_and_after_agree():
    literal_type = LiteralType(collection_type=enum_type("x", "agree"))
    literal = collection(text("x"), text("agree"))
    before = shimlite.to_python_value(literal, literal_type)
    many_others()
    after, guessed = shimlite.to_python_value(literal, literal_type), shimlite.guess_python_type(literal_type)
    assert {type(one) for one in (*before, *after)} == {guessed.__args__[0]}
    assert shimlite.to_literal(before, guessed) == shimlite.to_literal(after, literal_type) == literal
    assert all(one is other for one, other in zip(before, after))


def test_the_order_of_values_and_the_tag_of_a_variant():
    assert shimlite.guess_python_type(enum_type("p", "q")) is not shimlite.guess_python_type(enum_type("q", "p"))
    assert shimlite.guess_python_type(enum_type("p", "q")) is shimlite.guess_python_type(enum_type("p", "q", tag="t"))
    twice = shimlite.guess_python_type(enum_type("p", "p", "q"))
    assert [member.value for member in twice] == ["p", "q"]


def test_a_union_of_two_guesses_is_no_more_ambiguous_after_many_others():
    tag = "DefaultEnumTransformer"
    variants = [enum_type("one", "a", tag=tag), enum_type("two", "b", tag=tag), simple("INTEGER", "int")]
    literal_type = LiteralType(union_type={"variants": variants})
    first, second, _ = shimlite.guess_python_type(literal_type).__args__
    members = [first("one"), second("two")]
    many_others()
    again = shimlite.guess_python_type(literal_type)
    assert again.__args__ == (first, second, int)
    for member, variant in zip(members, variants):
        literal = union(text(member.value), variant)
        for as_type in (literal_type, again, first | second | int):
            assert shimlite.to_literal(member, as_type) == literal
            assert shimlite.to_python_value(literal, as_type) is member
    literals = LiteralMap(literals={"x": union(text("two"), variants[1])})
    assert shimlite.literal_map_to_kwargs(literals, {"x": Variable(type=literal_type)}, {"x": again})["x"] is members[1]


def test_what_nothing_holds_is_let_go():
    literal_type = enum_type("gone", "soon")
    values = [shimlite.guess_python_type(literal_type)("gone"), shimlite.to_python_value(text("soon"), literal_type)]
    pickle.loads(pickle.dumps(values))
    classes = [weakref.ref(type(value)) for value in values]
    del values
    many_others(3_000)
    assert [one() for one in classes] == [None, None]
    assert [one.value for one in shimlite.guess_python_type(literal_type)] == ["gone", "soon"]


def test_threads_that_race_for_one_class_get_one():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for number in range(30):
            literal_type, gate, results = enum_type("raced", f"{number}"), threading.Barrier(8), []

            def work(literal_type=literal_type, gate=gate, results=results) -> None:
                gate.wait()
                results.append(shimlite.to_python_value(text("raced"), literal_type))
                results.append(shimlite.guess_python_type(literal_type)("raced"))

            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(results) == 16 and all(one is results[0] for one in results)
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_values_stand_once_in_a_pickle_of_many_members(protocol):
    def size(count: int) -> int:
        members = list(shimlite.guess_python_type(enum_type(*(f"value{place:05}" for place in range(count)))))
        return len(pickle.dumps(members, protocol))

    few, many = size(200), size(2_000)
    assert many < 15 * few


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_members_pickle_and_copy(protocol):
    literal_type = enum_type(*AWKWARD)
    members = list(shimlite.guess_python_type(literal_type))
    assert [member.value for member in members] == list(AWKWARD)
    nested = {"list": members, "keys": {member: [member] for member in members}, "tuple": (members[0], {members[1]})}
    again = pickle.loads(pickle.dumps(nested, protocol))
    assert again == nested and all(one is other for one, other in zip(again["list"], members))
    for member in members:
        for same_member in (pickle.loads(pickle.dumps(member, protocol)), copy.copy(member), copy.deepcopy(member)):
            assert same_member is member
    assert copy.deepcopy(nested) == nested
    assert shimlite.to_literal(again["list"], LiteralType(collection_type=literal_type)) == (
        collection(*map(text, AWKWARD))
    )


def test_a_pickle_is_read_where_the_class_was_let_go_and_in_another_process(tmp_path):
    literal_type = enum_type("far", "away", "")
    data = pickle.dumps([shimlite.guess_python_type(literal_type)("away")] * 2)
    many_others(3_000)
    one, other = pickle.loads(data)
    assert one is other is shimlite.guess_python_type(literal_type)("away")
    (tmp_path / "members").write_bytes(data)
    code = (
        "import pathlib, pickle, sys; members = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()); import shimlite;"
        "from shimlite._idl import LiteralType;"
        "guess = shimlite.guess_python_type(LiteralType(enum_type={'values': ('far', 'away', '')}));"
        "assert members == [guess('away')] * 2 and type(members[0]) is guess; print(guess.__name__, members[0].value)"
    )
    root = pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))]
    command = [sys.executable, "-c", code, str(tmp_path / "members")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("DynamicEnum away\n", "", 0)
