"""Pages in English hold no Thai but what people wrote: names, notes and labels that are data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse

from dimensions.asking import asking_of
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.models import Area
from tests.cast import Cast, client_of
from tests.route_fillers import Scene, district_scene
from tests.test_routes import DOORS, Door

THAI = re.compile("[\u0e00-\u0e7f]+")
# The switch names the other language by its own name.
SWITCH = re.compile(r"<form class=\"language\".*?</form>", re.DOTALL)
# How many pages each of them reads at least, so that nothing is read unseen.
PAGES_AT_LEAST = {"officer": 60, "mentor": 25, "secretary": 60, "system_admin": 10}


# What is copied into TPMAP is Thai, whatever the page.
COPIED = re.compile(r"<textarea[^>]*data-copy-text>.*?</textarea>", re.DOTALL)
# Heads that the columns of a file must have, as they must be typed.
HEADS = re.compile(r"<p>(<span class=\"badge\">[^<]*</span> )+</p>")


# The field of a Thai name that is still as built in.
BUILT_IN = re.compile(r"<input type=\"text\" name=\"label\" value=\"[^\"]*\"")


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """A household with something in every table, in areas that have English names."""
    Area.objects.update(name_en=Concat(Value("Area "), "code"))
    return district_scene(cast)


def english_client(actor: Actor) -> Client:
    User.objects.filter(pk=actor.user_id).update(language="en")
    return client_of(actor)


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_of([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)


def thai_data() -> list[str]:
    """Every text with Thai letters that a row or a file of questions holds, and its lines, but not names that
    have an English one. The longest first.
    """
    kinds = (models.CharField, models.TextField, models.JSONField)
    asked = [asking for code in ("bmn-2560", "bmn-2565") for asking in asking_of(code).values()]
    found = {words for asking in asked for words in (asking.name, asking.ask) if words}
    for model in set(apps.get_models()) - {Area}:
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model.objects.values_list(*names) if names else []:
            for text in texts_of(row):
                found |= {line.strip() for line in (text, *text.splitlines()) if THAI.search(line)}
    return sorted(found, key=len, reverse=True)


def thai_left(page: str, data: list[str]) -> list[str]:
    for kept in (COPIED, HEADS, SWITCH, BUILT_IN):
        page = kept.sub("", page)
    for text in data:
        page = page.replace(text, "")
    return [line.strip()[:200] for line in page.splitlines() if THAI.search(line)]


@pytest.mark.parametrize("reader", list(PAGES_AT_LEAST))
def test_page_in_english_holds_no_thai_words(cast: Cast, scene: Scene, reader: str) -> None:
    actor: Actor = cast.people[reader]
    client = english_client(actor)
    pages = {door.address: read(client, door, scene, actor) for door in DOORS if may_read(door, actor)}
    data = thai_data()
    left = {address: lines for address, page in pages.items() if (lines := thai_left(page, data))}
    assert len([page for page in pages.values() if 'lang="en"' in page]) > PAGES_AT_LEAST[reader]
    assert left == {}, json.dumps(left, ensure_ascii=False, indent=1)


def may_read(door: Door, actor: Actor) -> bool:
    allowed = door.policy is not None and not door.policy.anonymous and door.policy.allows(actor.role)
    return allowed and not door.is_api and actor.role not in door.route.not_for


def read(client: Client, door: Door, scene: Scene, actor: Actor) -> str:
    response = client.get(reverse(door.name, kwargs=dict(door.route.holes(scene, actor))))
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    return response.content.decode() if is_page else ""
