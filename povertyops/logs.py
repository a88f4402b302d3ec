"""Structured logs, one JSON object a line, without personal data.

What a person typed never belongs in a log message; as a second wall, long digit groups (national ids, phones)
are blotted out, and of an exception only its type and place are written, since its text may quote a row.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

DIGITS = re.compile(r"(?<![\w-])(?:\d[ -]?){9,}\d(?![\w-])")
EXTRA_FIELDS = ("request_id", "user_id", "method", "route", "status", "ms", "task")


def blot(text: str) -> str:
    """The text with every group of ten or more digits blotted out."""
    return DIGITS.sub("[digits]", text)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON with the fields that the project allows."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": blot(self._message(record)),
        }
        line |= {name: value for name in EXTRA_FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            line["at_lines"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        return json.dumps(line, ensure_ascii=False, default=str)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        """Celery writes the text of an exception into its message; only the task's name is taken from it."""
        data = getattr(record, "data", None)
        if record.exc_info and isinstance(data, dict) and "name" in data:
            return f"task {data['name']} failed"
        return record.getMessage()
