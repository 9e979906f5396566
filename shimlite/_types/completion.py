# SPDX-License-Identifier: Apache-2.0
"""What an annotated output is written as, where the interface declares more than the annotation says.

A date that is declared as an ``Optional[date]`` is written as one. ``codecs`` say what fits. Next: ``witnesses``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .._idl import LiteralType, type_kind
from ..errors import UnsupportedTypeError
from .choices import listed_members, texts_of
from .literal_codec import Codecs
from .literal_types import node_of
from .nodes import Choice, Hashed, HashFunction, List, Map, Node, members, union_of, unworded
from .parse import misfit, spell
from .variants import fits


def completed(node: Node, literal_type: LiteralType, codecs: Codecs) -> Node:
    """A type and those members of the declared unions that it lacks, at every depth.

    Raises UnsupportedTypeError where some values of the type are none of the declared one.
    """
    kind = type_kind(literal_type)
    match node:
        case Hashed(inner, functions):
            whole = completed(inner, literal_type, codecs)
            before, after = unworded(inner), unworded(whole)
            renamed = {before: after, **dict(zip(members(before), members(after)))}
            return Hashed(whole, tuple(HashFunction(renamed[one.member], one.method) for one in functions))
        case _ if kind == "union_type":
            return _completed_union(node, literal_type, codecs)
        case List(item) if kind == "collection_type":
            return List(completed(item, literal_type.collection_type, codecs))
        case Map(item) if kind == "map_value_type":
            return Map(completed(item, literal_type.map_value_type, codecs))
        case Choice() if kind == "enum_type":
            is_whole = fits(node, literal_type, codecs.codec)
            if is_whole and _is_listed_by_names(node, literal_type):
                return node
            declared = node_of(literal_type)
            codecs.codec(declared, LiteralType(enum_type={"values": texts_of(node)}))  # refused unless it has them all
            return node if is_whole else declared
    for member in members(node):
        if not fits(member, literal_type, codecs.codec):
            codecs.codec(member, literal_type)  # its own error says why
    return node


def _is_listed_by_names(node: Choice, literal_type: LiteralType) -> bool:
    """Whether the interface lists the names of an Enum's members. Raises UnsupportedTypeError where it lacks some."""
    listed, are_names = listed_members(node, literal_type.enum_type.values)
    unlisted = set(map(id, node.witnesses)) - set(map(id, listed.values()))
    if are_names and unlisted:
        raise UnsupportedTypeError(f"the enum lacks {len(unlisted)} of the names in {spell(node)}")
    return are_names


def _completed_union(node: Node, literal_type: LiteralType, codecs: Codecs) -> Node:
    variants = list(literal_type.union_type.variants)
    results: list[Node] = []
    places: set[int] = set()
    for member in members(node):
        completions = dict(_completions(member, variants, codecs))
        whole = {place: one for place, one in completions.items() if fits(member, variants[place], codecs.codec)}
        fitting = whole or completions
        if not fitting:
            raise misfit(member, literal_type)
        results.append(next(iter(fitting.values())))
        places.update(fitting)
    lacking = (node_of(variant) for place, variant in enumerate(variants) if place not in places)
    return union_of([*results, *lacking])


def _completions(node: Node, variants: list[LiteralType], codecs: Codecs) -> Iterator[tuple[int, Node]]:
    """A member as each variant completes it, by the variant's place."""
    for place, variant in enumerate(variants):
        with contextlib.suppress(UnsupportedTypeError):
            one = completed(node, variant, codecs)
            codecs.codec(one, variant)
            yield place, one
