"""What values look like in requests and answers."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from regulars.kit.ids import from_readable, readable

# RFC 3339 with its offset, within two centuries.
_MOMENT = (
    r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_QUANTITY = r"^[0-9]{1,9}(\.[0-9]{1,3})?$"
_PRINTED = r"^[^\u0000-\u001f\u007f]+$"  # no control signs
_LARGEST = 10**15  # minor units


def _moment(told: object) -> object:
    if isinstance(told, datetime):  # our own, to be answered
        return told
    if not isinstance(told, str) or not re.fullmatch(_MOMENT, told):
        raise ValueError("a moment is written as 2026-11-22T09:30:00+01:00, with its offset")
    return datetime.fromisoformat(told).astimezone(UTC)


def _quantity(told: object) -> object:
    if isinstance(told, str) and re.fullmatch(_QUANTITY, told):
        return Decimal(told)
    is_number = isinstance(told, (int, float)) and not isinstance(told, bool)
    if is_number and 0 <= told < 10**9 and told == int(told):  # type: ignore[operator, call-overload]
        return Decimal(int(told))  # type: ignore[call-overload]
    raise ValueError('a quantity is a whole number, or a text with decimals: "1.250"')


def _whole(told: object) -> object:
    if isinstance(told, float) and told.is_integer():
        return int(told)
    if isinstance(told, bool) or not isinstance(told, int):
        raise ValueError("a whole number")
    return told


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda at: at.isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": _MOMENT,
            "examples": ["2026-11-22T09:30:00+01:00"],
        }
    ),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_quantity),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 10**9 - 1},
                {"type": "string", "pattern": _QUANTITY},
            ],
            "description": "A whole number, or a text with up to three decimals",
        }
    ),
]
WHOLE = BeforeValidator(_whole)  # JSON knows one kind of number: 5.0 is 5
Minor = Annotated[int, Field(ge=0, le=_LARGEST, description="In minor units: 4500 is 45.00"), WHOLE]
Currency = Annotated[str, StringConstraints(strict=True, pattern="^[A-Z]{3}$")]
Name = Annotated[str, StringConstraints(strict=True, max_length=200, pattern=_PRINTED)]
Text = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=10_000, pattern=r"^[^\u0000]+$")
]
Source = Annotated[
    str,
    StringConstraints(strict=True, max_length=40, pattern="^[a-z0-9]+([._-][a-z0-9]+)*$"),
    Field(description="Who tells it, such as webshop. With external_id it is known for good"),
]
ExternalId = Annotated[
    str,
    StringConstraints(strict=True, max_length=90, pattern=_PRINTED),
    Field(description="Your own number of it. The same again changes it, and makes no other"),
]
Code = Annotated[
    str, StringConstraints(strict=True, max_length=20, pattern="^[a-z0-9]+([._/-][a-z0-9]+)*$")
]
ProductCode = Annotated[str, StringConstraints(strict=True, max_length=80, pattern=_PRINTED)]
EventKind = Annotated[
    str,
    StringConstraints(strict=True, max_length=40, pattern=r"^[a-z]+(\.[a-z]+(_[a-z]+)*)?$"),
]
Email = Annotated[
    str,
    StringConstraints(
        strict=True,
        max_length=254,
        pattern=r"^[!-?A-~]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,63}$",
    ),
]
Phone = Annotated[str, StringConstraints(strict=True, pattern=r"^\+?[0-9]([ ()./-]?[0-9]){4,18}$")]
Card = Annotated[str, StringConstraints(strict=True, max_length=80, pattern=_PRINTED)]
Language = Annotated[
    str, StringConstraints(strict=True, max_length=20, pattern="^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")
]


@dataclass(frozen=True)
class Prefixed:
    """An id as programs see it: `cus_` and 26 letters; a UUID inside."""

    prefix: str

    def __get_pydantic_core_schema__(
        self, _source: type[UUID], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: readable(self.prefix, value), return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(
        self, _core: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{self.prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"}

    def _read(self, told: object) -> UUID:
        if isinstance(told, UUID):  # our own, to be answered
            return told
        value = from_readable(self.prefix, told) if isinstance(told, str) else None
        if value is None:
            raise ValueError(f"an id as {self.prefix}_ and 26 letters and digits")
        return value


class Shape(BaseModel):
    """What is sent: a name that is not known here is an error, so that no typo is lost."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What is answered."""
