"""Colours and patterns of charts: the tokens of the pages, for canvas and paper, which know no tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dimensions.enums import Dimension, Stage

INK = "#1a2230"
INK_SOFT = "#454f5f"
LINE = "#e9e6de"
INDIGO = "#234470"
INDIGO_SOFT = "#bfd0e6"
MARIGOLD = "#f2b636"
BAD = "#a8201a"
OTHERS = "#bdb7a9"
SURFACE = "#fff"

STAGES: Mapping[Stage, str] = {
    Stage.WAITING: "#d3cdbf",
    Stage.SURVIVE: "#9bcfab",
    Stage.SUFFICIENT: "#459b68",
    Stage.SUSTAINABLE: "#17593a",
}
# Failing, relieved, recovered: the deeper, the further the household has come.
DIMENSIONS: Mapping[Dimension, tuple[str, str, str]] = {
    Dimension.HEALTH: ("#fbe9f1", "#dc8fb4", "#b3256a"),
    Dimension.LIVING: ("#fcece1", "#e2a57f", "#b4480c"),
    Dimension.EDUCATION: ("#e7f0fb", "#8db2e2", "#2262b5"),
    Dimension.INCOME: ("#f7f0d2", "#c9b65f", "#776000"),
    Dimension.ACCESS: ("#f1eafa", "#b39bd9", "#6d3fae"),
}
STATE_TINTS = ("#e9e6de", "#bdb7a9", "#454f5f")
_SHADE = "rgba(26, 34, 48, .30)"
_LIGHT = "rgba(255, 255, 255, .45)"

PLAIN: dict[str, Any] = {"symbol": "none"}
STRIPES: dict[str, Any] = {
    "symbol": "rect",
    "color": _SHADE,
    "dashArrayX": [1, 0],
    "dashArrayY": [1, 7],
    "rotation": 0.785,
}
DOTS: dict[str, Any] = {
    "symbol": "circle",
    "symbolSize": 0.5,
    "color": _SHADE,
    "dashArrayX": [[8, 8], [0, 8, 8, 0]],
    "dashArrayY": [6, 0],
}
LIGHT_STRIPES: dict[str, Any] = {**STRIPES, "color": _LIGHT, "rotation": -0.785}
STAGE_PATTERNS: Mapping[Stage, dict[str, Any]] = {
    Stage.WAITING: PLAIN,
    Stage.SURVIVE: DOTS,
    Stage.SUFFICIENT: STRIPES,
    Stage.SUSTAINABLE: LIGHT_STRIPES,
}
STATE_PATTERNS: tuple[dict[str, Any], ...] = (PLAIN, DOTS, LIGHT_STRIPES)
