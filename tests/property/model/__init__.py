# SPDX-License-Identifier: Apache-2.0
"""What should come back, computed from types and a value alone: an independent reading of DESIGN.md's table.

``comes_back`` says it of a value that is written as one type and read as another. ``through_literal`` says it in short
of one type and values that are literals of their own, ``through_record`` of what msgpack holds. All raise Refused where
the table says so; ``comes_back`` raises Misfit for two types of which no value can make sense.

The model shares no code and no table with the package, but for the classes of the references and the equality of the
laws. What msgpack holds is plain Python here, and what a literal holds has words of its own.
"""

from .literals import Unread, comes_back, through_literal
from .msgpacked import read, through_record
from .questions import (
    REFERENCES,
    Ambiguous,
    Misfit,
    Refused,
    alone,
    bare,
    choices_of,
    fields_of,
    fits,
    is_map,
    is_same_type,
    kind_of,
    members,
    parts_of,
    said,
    surely_fits,
)

__all__ = [
    "REFERENCES",
    "Ambiguous",
    "Misfit",
    "Refused",
    "Unread",
    "alone",
    "bare",
    "choices_of",
    "comes_back",
    "fields_of",
    "fits",
    "is_map",
    "is_same_type",
    "kind_of",
    "members",
    "parts_of",
    "read",
    "said",
    "surely_fits",
    "through_literal",
    "through_record",
]
