"""Routes of the yardstick."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("yardstick/", views.yardstick, name="yardstick"),
    path("yardstick/history/", views.yardstick_history_page, name="yardstick_history"),
    path("yardstick/criteria/", views.criteria_edit, name="criteria_edit"),
    path("yardstick/dimensions/<slug:code>/", views.dimension_edit, name="dimension_edit"),
    path("yardstick/stages/<slug:code>/", views.stage_edit, name="stage_edit"),
    path("yardstick/years/<slug:kind>/<int:year>/", views.year_edit, name="yardstick_year_edit"),
    path("yardstick/new-set/", views.indicator_set_new, name="indicator_set_new"),
    path("yardstick/sets/<slug:code>/", views.indicator_set_edit, name="indicator_set_edit"),
    path("yardstick/sets/<slug:code>/new/", views.indicator_new, name="indicator_new"),
    path("yardstick/sets/<slug:code>/new-category/", views.category_new, name="category_new"),
    path("yardstick/sets/<slug:code>/categories/<slug:category>/", views.category_edit, name="category_edit"),
    path("yardstick/sets/<slug:code>/<int:number>/", views.indicator_edit, name="indicator_edit"),
]
