"""The types of parameters that many calls share, with their bounds."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

BIGGEST = 2**53 - 1

Id = Annotated[int, Meta(ge=1, le=BIGGEST)]
Seq = Annotated[int, Meta(ge=0, le=BIGGEST)]
Limit = Annotated[int, Meta(ge=1, le=100)]
Nonce = Annotated[str, Meta(min_length=1, max_length=64)]
Secret = Annotated[str, Meta(max_length=200)]
Query = Annotated[str, Meta(max_length=256)]
Moment = Annotated[datetime, Meta(tz=True)]
