"""Routes of boards, exports and the progress API."""

from __future__ import annotations

from django.urls import path

from .api import ProgressView, SchemaView
from .views import board, export_jobs, exports, map, public

urlpatterns = [
    path("board/", board.board_home, name="board_home"),
    path("board/centre/<uuid:pk>/", board.board_centre, name="board_centre"),
    path("board/centre/<uuid:pk>/moved/", board.board_moved_centre, name="board_moved_centre"),
    path("board/centre/<uuid:pk>/trend/", board.board_trend_centre, name="board_trend_centre"),
    path("board/<str:code>/", board.board, name="board"),
    path("board/<str:code>/moved/", board.board_moved, name="board_moved"),
    path("board/<str:code>/trend/", board.board_trend, name="board_trend"),
    path("boards/map/<str:code>.json", map.board_map_shapes, name="board_map_shapes"),
    path("exports/", export_jobs.exports_own, name="export_list"),
    path("exports/new/", export_jobs.export_new, name="export_new"),
    path("exports/all/", export_jobs.export_register, name="export_register"),
    path("exports/<uuid:pk>/file/", export_jobs.export_file, name="export_file"),
    path("exports/<uuid:pk>/delete/", export_jobs.export_delete, name="export_delete"),
    path("exports/board.<str:fmt>", exports.export_board, name="export_board"),
    path("exports/<str:kind>s.<str:fmt>", exports.export_list, name="export"),
    path("public/<str:area>/", public.public_page, name="public_page"),
    path("public/<str:area>/progress.json", public.public_json, name="public_json"),
    path("public/<str:area>/progress.csv", public.public_csv, name="public_csv"),
    path("public-page/", public.public_settings, name="public_settings"),
    path("api/v1/progress/<str:area_code>/", ProgressView.as_view(), name="api_progress"),
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
]
