"""How much one upload may be. Everything is asked before the file is opened, and again while it is read.

What a site may want otherwise is a setting: UPLOAD_MAX_BYTES, IMPORT_MAX_WORKBOOK_BYTES, IMPORT_MAX_ROWS.
"""

from __future__ import annotations

MIB = 1024 * 1024

MAX_FILE_BYTES = 256 * MIB
MAX_SMALL_BYTES = 16 * MIB
"""Of a table that is read whole while somebody waits."""
MAX_UNPACKED_BYTES = 640 * MIB
MAX_COLUMNS = 200
HEADER_ROWS = 20
"""Rows among which the header is looked for."""
HEAD_ROWS = 60
"""First rows of each sheet that the page for mapping columns shows and guesses from."""

MAX_CELL = 1_000
"""Characters in a cell of a column that is read."""

WORKBOOK_MEMORY_BYTES = 560 * MIB
"""Memory of the process that opens a workbook, besides its program; a bomb that slips through dies there."""
WORKBOOK_SECONDS = 120

KEEP_DAYS = 30
"""Days for which the file as it came, and what was staged from it, are kept."""
