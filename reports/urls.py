"""Routes of boards, exports and the progress API."""

from __future__ import annotations

from django.urls import path

from .api import ProgressView, SchemaView
from .views import board, exports, map

urlpatterns = [
    path("board/", board.board_home, name="board_home"),
    path("board/centre/<uuid:pk>/", board.board_centre, name="board_centre"),
    path("board/<str:code>/", board.board, name="board"),
    path("boards/map/<str:code>.json", map.board_map_shapes, name="board_map_shapes"),
    path("exports/board.<str:fmt>", exports.export_board, name="export_board"),
    path("exports/<str:kind>s.<str:fmt>", exports.export_list, name="export"),
    path("api/v1/progress/<str:area_code>/", ProgressView.as_view(), name="api_progress"),
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
]
