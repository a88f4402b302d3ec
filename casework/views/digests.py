"""How one wants to be told what waits, and today's digest as it would go out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from povertyops.common.channels import channels
from povertyops.common.policies import allow

from ..forms.digests import DigestForm
from ..pages.digest import digest_for, text_of
from ..services.digests import (
    DIGEST_ROLES,
    address_of,
    is_on_for,
    last_sent,
    save_digest_setting,
    setting_of,
)
from .shared import actor_of, posted, status_of, succeeds

READERS = tuple(sorted(DIGEST_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*READERS)
def digest(request: HttpRequest) -> HttpResponse:
    """On or off, through which channel, on which days; below it what would be sent today."""
    actor = actor_of(request)
    assert actor.user is not None
    assert actor.appointment is not None
    setting = setting_of(actor.user)
    initial = {
        "is_on": is_on_for(actor),
        "channel": setting.channel,
        "address": address_of(actor.user, setting),
        "weekdays": setting.weekdays,
    }
    form = DigestForm(posted(request), initial=initial, channels=channels())
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: save_digest_setting(actor=actor, **form.wanted))
    ):
        messages.success(request, _("บันทึกการรับสรุปงานแล้ว"))
        return redirect("digest")
    today = digest_for(actor)
    context = {
        "form": form,
        "has_channels": bool(channels()),
        "digest": today,
        "text": text_of(today),
        "last": last_sent(actor.appointment),
        "appointment": actor.appointment,
    }
    return render(request, "casework/digest.html", context, status=status_of(form))
