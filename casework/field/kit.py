"""What a phone takes along: the households in the actor's hands and what is needed to work with them.

One function per piece; no national ids anywhere, also not where somebody typed one into a note. The number of
queries does not depend on the number of households.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from dimensions.enums import AnswerValue
from households.access import get_household_for
from households.enums import Sex, VerificationStatus
from povertyops.accounts.actor import Actor
from povertyops.common.thai import fiscal_year_of

from ..access import menu_items_for
from ..enums import HelpStatus, SkipReason, VisitOutcome
from ..forms.four_t import FOUR_T, PICKS
from ..models import CohortState
from ..notices import PRIVACY_NOTICE
from ..pages.assessment import indicators_piece
from ..queries.agencies import agencies_of, by_use
from ..queries.due import open_states
from ..queries.priorities import by_day, with_parts
from .household_pieces import household_pieces
from .person import person_json, seal_json

AGENCIES_OFFERED = 60
_ID = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)")


def kit_json(actor: Actor, household_id: UUID | None = None) -> bytes:
    """The whole kit, or the part of one household, as it goes to the phone.

    Raises Http404 for a household out of the actor's sight.
    """
    kit = without_ids(kit_for(actor, household_id))
    return json.dumps(kit, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


def without_ids(value: Any) -> Any:
    """The same with every national id that somebody typed into a text crossed out."""
    if isinstance(value, str):
        return _ID.sub("x-xxxx-xxxxx-xx-x", value)
    if isinstance(value, Mapping):
        return {name: without_ids(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_ids(part) for part in value]
    return value


def kit_for(actor: Actor, household_id: UUID | None = None) -> dict[str, Any]:
    today = actor.today()
    states = _states(actor, household_id, today)
    total = len(states) if household_id else _total(actor, today, states)
    households = household_pieces(actor, states, today=today)
    return {
        **opening(actor),
        "common": common_piece(actor, households, today=today),
        "households": households,
        "total": total,
        "left_out": total - len(states),
    }


def opening(actor: Actor) -> dict[str, Any]:
    """Whose it is, the server's clock and the key to seal to."""
    now = timezone.localtime(actor.now()).isoformat(timespec="seconds")
    return {"made_at": now, "server_time": now, "owner": owner_piece(actor), "seal": seal_json()}


def owner_piece(actor: Actor) -> dict[str, Any]:
    assert actor.user is not None
    assert actor.appointment is not None
    return {
        **person_json(actor),
        "name": actor.user.display_name,
        "role_label": str(actor.appointment.get_role_display()),
        "centre": actor.appointment.centre.name,
    }


def _states(actor: Actor, household_id: UUID | None, today: date) -> list[CohortState]:
    """The rows of this year, the first due first, of one day the most pressing; of one household also when
    its case is closed."""
    if household_id is not None:
        household = get_household_for(actor, household_id)
        own: QuerySet[CohortState] = CohortState.objects.filter(
            household=household, fiscal_year__lte=fiscal_year_of(today)
        ).order_by("-fiscal_year")
        return list(with_parts(own, actor.province_code).select_related("household")[:1])
    rows = by_day(open_states(actor, today), actor.province_code, today)
    return list(rows.select_related("household")[: settings.FIELD_MAX_HOUSEHOLDS])


def _total(actor: Actor, today: date, states: Sequence[CohortState]) -> int:
    return len(states) if len(states) < settings.FIELD_MAX_HOUSEHOLDS else open_states(actor, today).count()


# --------------------------------------------------------------------------------------------- common to all


def common_piece(actor: Actor, households: Sequence[Mapping[str, Any]], *, today: date) -> dict[str, Any]:
    """What does not belong to one household."""
    years = {row["survey_year"] for row in households} or {fiscal_year_of(today) - 1}
    return {
        "notice": {"version": PRIVACY_NOTICE.version, "text": str(PRIVACY_NOTICE.text)},
        "indicators": indicators_piece(sorted(years)),
        "menu": menu_piece(actor.province_code),
        "agencies": agencies_piece(actor.province_code),
        "labels": labels_piece(),
        "skip_reasons": _choices(SkipReason.choices),
        "four_t": four_t_piece(),
    }


def menu_piece(province_code: str) -> list[dict[str, Any]]:
    """What the province offers, in the order of the menu."""
    return [
        {
            "id": item.pk,
            "name": item.name,
            "dimension": item.dimension,
            "nature": item.nature,
            "relieves": item.relieves,
            "agency": item.agency_name,
            "benefit": item.benefit,
            "eligibility": item.eligibility,
            "baht": float(item.usual_baht) if item.usual_baht is not None else None,
        }
        for item in menu_items_for(province_code)
    ]


def agencies_piece(province_code: str) -> list[str]:
    """Names of the province's agencies to offer while one is typed, those who gave most first."""
    rows = by_use(agencies_of(province_code), province_code)
    return list(rows.values_list("name", flat=True)[:AGENCIES_OFFERED])


def labels_piece() -> dict[str, dict[str, str]]:
    """Codes in words, so that the phone says the same as the pages."""
    return {
        "outcome": _words(VisitOutcome.choices),
        "help_status": _words(HelpStatus.choices),
        "verification": _words(VerificationStatus.choices),
        "answer": _words(AnswerValue.choices),
        "sex": _words(Sex.choices),
    }


def four_t_piece() -> dict[str, Any]:
    return {
        part: {"label": str(label), "picks": {code: str(said) for code, said in PICKS[part].items()}}
        for part, (label, _hint) in FOUR_T.items()
    }


def _words(choices: Sequence[tuple[Any, Any]]) -> dict[str, str]:
    return {str(code): str(label) for code, label in choices}


def _choices(choices: Sequence[tuple[Any, Any]]) -> list[dict[str, str]]:
    return [{"code": str(code), "label": str(label)} for code, label in choices]
