"""How the API reads a body: JSON. Imports no DRF views: their settings load this module.

Its length is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE, as that of any body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ShallowJSONParser(JSONParser):
    """JSON; what is nested without end cannot be read, as what is cut off."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
