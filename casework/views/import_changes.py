"""A file beside last year's list of its kind: new, changed, the same, left; on pages and as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from households.access import get_import_for
from households.enums import ImportStatus, SinceLast
from households.models import ImportBatch
from povertyops.accounts.actor import Actor
from povertyops.accounts.takings import Taking, count_taking
from povertyops.common.audit import log_access
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..pages.import_changes import (
    EMPTY,
    LEFT,
    TABS,
    csv_lines,
    left_cards,
    left_rows,
    staged_cards,
    staged_rows,
    tabs_of,
)
from .imports import IMPORTERS
from .shared import actor_of

AT_ONCE = 25
# What the file of a comparison names; who stayed the same is not in it.
TAKEN = (SinceLast.NEW.value, SinceLast.CHANGED.value, LEFT)


@require_safe
@allow(*IMPORTERS)
def import_changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is different to last year's list, before anything is written; it can still be read afterwards."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    asked = request.GET.get("show", "")
    show = asked if asked in TABS else SinceLast.CHANGED.value
    context: dict[str, Any] = {
        "batch": batch,
        "show": show,
        "count": batch.since_last.get(show, 0),
        "compares": bool(batch.since_last.get("year")),
        "is_gone": batch.purged_at is not None and show != LEFT,
        "tabs": tabs_of(batch, show),
        "empty": EMPTY[show],
        "is_before": batch.status in ImportStatus.of_waiting(),
    }
    if context["compares"] and not context["is_gone"]:
        context |= _cards(request, actor, batch, show)
    return render(request, "casework/imports/changes.html", context)


def _cards(request: HttpRequest, actor: Actor, batch: ImportBatch, show: str) -> dict[str, Any]:
    if show == LEFT:
        lines, urls = page_of_request(
            request, left_rows(actor, batch), ("household__sort_key", "pk"), AT_ONCE
        )
        return {"cards": left_cards(lines.rows), **urls}
    page, urls = page_of_request(request, staged_rows(batch, show), ("number",), AT_ONCE)
    return {"cards": staged_cards(batch, page.rows), **urls}


@require_safe
@allow(*IMPORTERS)
def import_changes_csv(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The whole comparison; names of households stand in it, so that fetching it is logged and counted."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    rows = sum(int(batch.since_last.get(show, 0)) for show in TAKEN)
    name = _("เทียบกับปีก่อน %(file)s") % {"file": batch.file_name}
    count_taking(actor=actor, taking=Taking("changes", "csv", name, rows))
    log_access(
        actor, "import_changes", object_type="import", object_id=batch.pk, details=dict(batch.since_last)
    )
    response = StreamingHttpResponse(csv_lines(actor, batch), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="changes-{batch.pk}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
