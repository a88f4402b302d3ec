"""Charts as plain data: the same option is drawn on the page and on paper."""

from .base import Cell, Chart, Head, Row, no_url
from .help import AgencyHelp, agencies_option, relief_option
from .places import PlaceFigures, districts_option
from .standing import dimension_option, funnel_option, stage_option
from .trends import Goal, target_option, trend_option

__all__ = [
    "AgencyHelp",
    "Cell",
    "Chart",
    "Goal",
    "Head",
    "PlaceFigures",
    "Row",
    "agencies_option",
    "dimension_option",
    "districts_option",
    "funnel_option",
    "no_url",
    "relief_option",
    "stage_option",
    "target_option",
    "trend_option",
]
