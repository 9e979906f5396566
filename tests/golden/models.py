# SPDX-License-Identifier: Apache-2.0
"""The classes and values of models_and_hashes.jsonl, as they were when it was recorded: a docstring would be schema."""

import dataclasses
import datetime
import enum
from typing import Any, Dict, List, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field, computed_field


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Inner(BaseModel):
    a: int
    text: str = "t"
    xs: List[int] = []


class Other(BaseModel):
    b: int


@dataclasses.dataclass
class Spot:
    x: int
    y: float = 0.5


class Whole(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    name: str = Field(alias="userName")
    level: Level
    when: datetime.datetime
    day: datetime.date
    span: datetime.timedelta
    inner: Inner
    inners: List[Inner]
    by: Dict[str, Inner]
    choice: Union[Inner, str, int]
    f: float = 1.0
    flag: bool = True
    maybe: Optional[Inner] = None
    none: Optional[int] = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def upper(self) -> str:
        return self.name.upper()


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    lives: int


class Pets(BaseModel):
    pet: Union[Cat, Dog] = Field(discriminator="kind")


INNER = Inner(a=3, text="é", xs=[1, 2])
WHOLE = Whole(
    userName="n",
    level=Level.HIGH,
    when=datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc),
    day=datetime.date(2024, 2, 29),
    span=datetime.timedelta(minutes=90, microseconds=5),
    inner=INNER,
    inners=[Inner(a=1), INNER],
    by={"k": INNER},
    choice=5,
)
Either: Any = Union[Inner, Spot, Other, int]

WRITTEN: dict[str, tuple[Any, Any]] = {
    "inner": (Inner, INNER),
    "whole": (Whole, WHOLE),
    "optional": (Optional[Inner], INNER),
    "nothing": (Optional[Inner], None),
    "many": (List[Inner], [Inner(a=1), INNER]),
    "by": (Dict[str, Inner], {"k": INNER}),
    "spot": (Either, Spot(1, 2.0)),
    "number": (Either, 7),
    "pets": (Pets, Pets(pet=Dog(lives=1))),
    "optionals": (List[Optional[Inner]], [INNER, None]),
}
"""What flytekit's pod returned."""
SENT: dict[str, tuple[Any, Any]] = {
    "inner": (Inner, INNER),
    "whole": (Whole, WHOLE),
    "many": (List[Inner], [Inner(a=1)]),
    "optional": (Optional[Inner], Inner(a=1)),
    "by": (Dict[str, Inner], {"k": Inner(a=2)}),
}
"""What a person meant who started a workflow with flytectl."""
RESOLVED: dict[str, tuple[Any, Any]] = {
    "a": (int, 3),
    "name": (str, "n"),
    "f": (float, 1.0),
    "flag": (bool, True),
    "inner": (Inner, INNER),
    "inners": (List[Inner], WHOLE.inners),
    "inners1": (Inner, INNER),
    "xs": (List[int], [1, 2]),
    "by": (Dict[str, Inner], WHOLE.by),
    "byk": (str, "é"),
    "maybe": (Optional[Inner], None),
    "none": (Optional[int], None),
    "when": (datetime.datetime, WHOLE.when),
    "day": (datetime.date, WHOLE.day),
    "span": (datetime.timedelta, WHOLE.span),
    "level": (Level, Level.HIGH),
    "choice": (Union[Inner, str, int], 5),
}
"""What Propeller took out of WHOLE for an input of another node."""
