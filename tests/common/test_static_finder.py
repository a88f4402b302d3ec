"""Of front-end packages only the named files are served."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles import finders

from povertyops.common.static_finder import VendorFinder


def test_named_files_are_found_and_others_are_not() -> None:
    assert finders.find("vendor/leaflet/leaflet.js").endswith("leaflet.js")
    assert finders.find("vendor/leaflet/images/layers.png", find_all=True)
    assert not finders.find("vendor/leaflet/leaflet-src.js")
    assert not finders.find("vendor/leaflet/../echarts/echarts.common.min.js")


def test_all_named_files_are_there_to_be_collected() -> None:
    listed = {f"{storage.prefix}/{name}" for name, storage in VendorFinder().list([]) if storage.exists(name)}
    wanted = {f"{prefix}/{name}" for prefix, (_at, names) in settings.VENDOR_FILES.items() for name in names}
    assert listed == wanted
    assert not any(name.endswith(".map") for name, _storage in VendorFinder().list(["*.map"]))
