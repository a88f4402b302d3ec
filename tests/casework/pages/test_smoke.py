from __future__ import annotations

import pytest
from tests.cast import Cast, client_of
from tests.casework.pages.families import family

ROUTES = ["/today/", "/households/", "/visits/", "/helps/", "/persons/", "/verify/", "/teams/", "/teams/new/", "/approvals/", "/removals/", "/queues/", "/conflicts/", "/help/bulk/"]

@pytest.mark.parametrize("route", ROUTES)
def test_list(cast: Cast, route: str) -> None:
    household = family(cast)
    answer = client_of(cast.officer).get(route)
    assert answer.status_code == 200, answer.content.decode()[:2000]

@pytest.mark.parametrize("part", ["", "visit/", "help/", "plan/", "remove/"])
def test_house(cast: Cast, part: str) -> None:
    household = family(cast)
    answer = client_of(cast.officer).get(f"/households/{household.pk}/{part}")
    assert answer.status_code == 200

def test_village(cast: Cast) -> None:
    household = family(cast)
    answer = client_of(cast.officer).get(f"/verify/{household.area_code}/")
    assert answer.status_code == 200
