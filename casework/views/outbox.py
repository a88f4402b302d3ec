"""The last resort for what a phone could not send: its sealed file, brought in by its own person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from povertyops.accounts.actor import Actor
from povertyops.common.errors import DomainError
from povertyops.common.policies import allow
from povertyops.common.uploads import is_too_big

from ..api.sealed_items import ItemResult, store_items
from ..arrival import SEALED_FILE_MAX_BYTES
from ..forms.outbox import SealedFileForm
from ..services.sealed_file import read_sealed_file
from .shared import WRITING_ROLES, actor_of, blame, status_of


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def outbox_file(request: HttpRequest) -> HttpResponse:
    """Bring a file in and say of each item what became of it."""
    is_sent = request.method == "POST"
    form = SealedFileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    results: list[ItemResult] | None = None
    if is_too_big(request):
        form.add_error("file", _("ไฟล์ใหญ่เกิน 60 เมกะไบต์ โปรดส่งออกทีละรายการ"))
    elif is_sent and form.is_valid():
        results = _bring_in(actor_of(request), form)
    context: dict[str, Any] = {"form": form, "results": results, "counts": _counts(results or [])}
    return render(request, "casework/outbox_file.html", context, status=status_of(form))


def _bring_in(actor: Actor, form: SealedFileForm) -> list[ItemResult] | None:
    file = form.cleaned_data["file"]
    try:
        return store_items(actor, read_sealed_file(actor=actor, data=file.read(SEALED_FILE_MAX_BYTES + 1)))
    except DomainError as refusal:
        blame(form, refusal)
    return None


def _counts(results: list[ItemResult]) -> dict[str, int]:
    refused = sum(result.state == "refused" for result in results)
    return {"stored": len(results) - refused, "refused": refused}
