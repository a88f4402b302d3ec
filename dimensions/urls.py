"""Routes of the yardstick."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("yardstick/", views.yardstick, name="yardstick")]
