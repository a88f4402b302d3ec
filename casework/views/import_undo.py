"""Taking a list back: what would go, what stands in the way, and why it is done."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from households.access import get_import_for, visible_households
from households.enums import ImportStatus
from households.services.target_lists import restored_lines
from povertyops.common.policies import allow

from ..forms.import_acts import UndoForm
from ..queries.built_on import households_in_the_way, obstacles_of
from ..services.undoing import approve_undo, decline_undo, request_undo
from ..tasks.imports import start_import
from .imports import IMPORTERS, second_answer
from .shared import actor_of, attempt, posted, status_of

IN_THE_WAY_SHOWN = 50


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def import_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks for the reason; the work goes on in the background."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    if batch.status != ImportStatus.APPLIED:
        return redirect("import_batch", pk=pk)
    form = UndoForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = attempt(form, lambda: request_undo(actor=actor, batch_id=pk, **form.cleaned_data))
        if asked is not None:
            if asked.is_moving:
                start_import(asked.pk)
            return redirect("import_batch", pk=pk)
    obstacles = obstacles_of(batch)
    chosen = next((each for each in obstacles if each.code == request.GET.get("kind")), None)
    ids = households_in_the_way(batch, chosen.code, IN_THE_WAY_SHOWN) if chosen else []
    context = {
        "batch": batch,
        "form": form,
        "taken": restored_lines(batch),
        "obstacles": obstacles,
        "chosen": chosen,
        "households": visible_households(actor).filter(pk__in=ids).order_by("sort_key", "pk"),
    }
    return render(request, "casework/imports/undo.html", context, status=status_of(form))


@require_POST
@allow(*IMPORTERS)
def import_undo_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person's answer: have the list taken back, or leave it with the reason."""
    return second_answer(request, pk, approve_undo, decline_undo)
