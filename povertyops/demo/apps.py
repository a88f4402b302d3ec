"""Invented people and places for the demo and for measuring; never installed in production."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "povertyops.demo"
    label = "demo"
