"""How the API reads a body: JSON of a bounded length. Imports no DRF views: their settings load this module."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BodyTooLong(ParseError):
    """More than the API takes at once."""

    status_code = 413
    default_code = "too_long"


class BoundedJSONParser(JSONParser):
    """JSON up to DATA_UPLOAD_MAX_MEMORY_SIZE bytes; what is cut off, nested without end or too long is said
    to be so."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        try:
            data = stream.read(most + 1)
        except UnreadablePostError as error:
            raise ParseError from error
        if len(data) > most:
            raise BodyTooLong
        try:
            return super().parse(BytesIO(data), media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
