"""The floors: a bare DRF create of a visit with a token, idempotent by its key, and a bare page. Settings."""

from __future__ import annotations

import os

if os.environ.get("DJANGO_SETTINGS_MODULE") == __name__:
    from povertyops.settings import *  # noqa: F403

    ROOT_URLCONF = "bench.bare_urls"
    MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]

TABLE = """
CREATE TABLE IF NOT EXISTS bench_visit (
    id uuid PRIMARY KEY, household_id uuid NOT NULL REFERENCES households_household,
    visited_at timestamptz NOT NULL, note text NOT NULL, recorded_by_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS bench_visit_household ON bench_visit (household_id, visited_at DESC);
CREATE INDEX IF NOT EXISTS bench_visit_day ON bench_visit (visited_at);
CREATE INDEX IF NOT EXISTS bench_visit_person ON bench_visit (recorded_by_id);
"""
