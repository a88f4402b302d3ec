"""Routes of boards, exports and the progress API."""

from __future__ import annotations

from django.urls import path

from .views import board

urlpatterns = [
    path("board/", board.board_home, name="board_home"),
    path("board/centre/<uuid:pk>/", board.board_centre, name="board_centre"),
    path("board/<str:code>/", board.board, name="board"),
]
