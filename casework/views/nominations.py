"""Families that no list knows: the queue, naming one, its page and the steps on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from households.services.duplicates import NearMatch
from povertyops.accounts.actor import Actor
from povertyops.common.policies import allow

from ..enums import NominationStatus
from ..forms.nominations import CheckForm, DecideForm, FindForm, NominationPage, NoteForm, QueueForm, RuleForm
from ..models import Nomination
from ..nomination_access import get_nomination_for, get_nomination_photo_for
from ..nomination_rules import CHECKING_ROLES, DECIDING_ROLES, NOMINATING_ROLES, RULE_KEEPERS
from ..pages.nominations import (
    TABS,
    Found,
    NearCard,
    NominationStory,
    decisions_for,
    found_for,
    known_choices,
    near_cards,
    queue_for,
    story_of,
    subdistrict_choices_for,
)
from ..services.nominations import (
    appeal,
    check_nomination,
    decide_appeal,
    decide_nomination,
    nominate,
    open_nomination_photo,
    reveal_contact,
    rule_of,
    set_rule,
    withdraw,
)
from ..services.nominations.naming import near_of
from .shared import actor_of, attempt, posted, status_of, succeeds

NOMINATORS = tuple(sorted(NOMINATING_ROLES))
CHECKERS = tuple(sorted(CHECKING_ROLES))
DECIDERS = tuple(sorted(DECIDING_ROLES))
KEEPERS = tuple(sorted(RULE_KEEPERS))
DECIDING = frozenset({"decide", "decide_appeal"})
DRAFT = "nomination"
_PHOTO_HEADERS = {
    "Content-Disposition": 'inline; filename="photo.jpg"',
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
@allow(*NOMINATORS)
def nominations(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; for a mentor the own ones."""
    actor = actor_of(request)
    asked = QueueForm(request.GET)
    asked.is_valid()
    queue = queue_for(actor, **asked.wanted)
    tabs = [
        {
            "label": label,
            "url": f"{request.path}?{urlencode({'tab': name, **asked.kept})}",
            "current": name == queue.tab,
            "count": queue.counts[name] if name != "done" else None,
        }
        for name, (label, _statuses) in TABS.items()
    ]
    context = {
        "queue": queue,
        "tabs": tabs,
        "now": actor.now(),
        "keeps_rule": actor.role in RULE_KEEPERS,
        "rule": rule_of(actor.province_code),
    }
    return render(request, "casework/nominations/queue.html", context)


# ------------------------------------------------------------------------------------------------- naming one


@require_http_methods(["GET", "POST"])
@allow(*NOMINATORS)
def nomination_new(request: HttpRequest) -> HttpResponse:
    """Who and where first; what the register knows of that; then why, pictures and place."""
    actor = actor_of(request)
    saving = request.POST.get("act") == "save"
    page = NominationPage(
        posted(request),
        request.FILES if request.method == "POST" else None,
        subdistricts=subdistrict_choices_for(actor),
        today=actor.today(),
        saving=saving,
    )
    near: list[NearCard] = []
    goes_on = request.method == "POST" and page.family.is_valid()
    if goes_on:
        near = near_cards(actor, _matches(actor, page))
        page.ask_near(card.household.pk for card in near)
        if saving and page.is_valid():
            made = attempt(page.family, lambda: nominate(actor=actor, nomination=page.nomination))
            if made:
                messages.success(request, _("ส่งเรื่องแล้ว ทีมของพื้นที่จะลงตรวจ"))
                return redirect(f"{_url_of(made)}?saved=1")
    context = {
        "page": page,
        "near": [(card, page.near[f"near_{card.household.pk.hex}"]) for card in near],
        "step": 2 if goes_on else 1,
        "draft_key": DRAFT,
        "searched": goes_on,
    }
    status = status_of(*page.parts) if saving else status_of(page.family)
    return render(request, "casework/nominations/new.html", context, status=status)


def _matches(actor: Actor, page: NominationPage) -> list[NearMatch]:
    data = page.family.cleaned_data
    return near_of(
        actor,
        head=page.family.head,
        area_code=page.family.area_code,
        house_no=data["house_no"],
        house_code=data["house_code"],
        phone=data["phone"],
        pin=data["pin"],
        place=None,
    )


def _url_of(row: Nomination) -> str:
    return reverse("nomination", args=[row.pk])


# ------------------------------------------------------------------------------------------------ one of them


@require_safe
@allow(*NOMINATORS)
def nomination(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its story, and what the reader may do with it."""
    return _page(request, get_nomination_for(actor_of(request), pk))


@require_POST
@allow(*CHECKERS)
def nomination_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was found on the spot."""
    actor = actor_of(request)
    row = get_nomination_for(actor, pk)
    form = CheckForm(request.POST, request.FILES)
    if form.is_valid() and succeeds(
        form, lambda: check_nomination(actor=actor, nomination_id=pk, check=form.check)
    ):
        messages.success(request, _("บันทึกผลการตรวจแล้ว รอเจ้าหน้าที่พิจารณา"))
        return redirect("nomination", pk=pk)
    return _page(request, row, check=form)


@require_POST
@allow(*DECIDERS)
def nomination_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The office's decision, of an appeal the province's; or a look for the family in the register."""
    actor = actor_of(request)
    row = get_nomination_for(actor, pk)
    story = story_of(actor, row)
    if request.POST.get("act") == "find" and story.acts & DECIDING:
        return _looked_for(request, story)
    chosen = _chosen(actor, request)
    form = DecideForm(request.POST, decisions=decisions_for(row), households=_choices(story, chosen))
    act: Callable[..., Nomination] = (
        decide_appeal if row.status == NominationStatus.APPEALED else decide_nomination
    )
    if form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: act(
                actor=actor,
                nomination_id=pk,
                decision=NominationStatus(data["decision"]),
                note=data["note"],
                household_id=data["household"],
            ),
        )
        if made:
            messages.success(request, f"{row.head_name}: {NominationStatus(made.status).label}")
            return redirect("nomination", pk=pk)
    # What was found stays on the page to be chosen from.
    find = FindForm(request.POST if request.POST.get("find") and story.acts & DECIDING else None)
    found = _found(actor, row, find)
    form.offer(_choices(story, [*found.choices, *chosen]))
    return _page(request, row, decide=form, find=find, found=found)


def _looked_for(request: HttpRequest, story: NominationStory) -> HttpResponse:
    """The page with the households that were found to choose from; what was typed so far stays."""
    find = FindForm(request.POST)
    found = _found(actor_of(request), story.row, find)
    said = {name: request.POST.get(name, "") for name in ("decision", "household", "note")}
    if found.choices:
        said["decision"] = NominationStatus.KNOWN.value
    choices = _choices(story, found.choices)
    decide = DecideForm(decisions=decisions_for(story.row), households=choices, initial=said)
    return _page(request, story.row, decide=decide, find=find, found=found)


def _found(actor: Actor, row: Nomination, find: FindForm) -> Found:
    if not find.is_bound or not find.is_valid():
        return Found()
    return found_for(actor, row, text=find.cleaned_data["find"], pin=find.pin)


def _choices(story: NominationStory, found: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Households to choose from: what was looked for first, then those that resemble it."""
    near = [(str(card.household.pk), card.label) for card in story.near]
    return list(dict([*found, *near]).items())


def _chosen(actor: Actor, request: HttpRequest) -> list[tuple[str, str]]:
    """The household that was chosen, when it still is in sight."""
    try:
        return known_choices(actor, [UUID(request.POST.get("household", ""))])
    except ValueError:
        return []


@require_POST
@allow(*NOMINATORS)
def nomination_appeal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the province to look again."""
    actor = actor_of(request)
    row = get_nomination_for(actor, pk)
    form = NoteForm(request.POST, prefix="appeal")
    if form.is_valid() and succeeds(
        form, lambda: appeal(actor=actor, nomination_id=pk, note=form.cleaned_data["note"])
    ):
        messages.success(request, _("ส่งคำขอแล้ว ฝ่ายเลขานุการจังหวัดจะพิจารณาใหม่"))
        return redirect("nomination", pk=pk)
    return _page(request, row, appeal_form=form)


@require_POST
@allow(*NOMINATORS)
def nomination_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The nominator takes it back."""
    withdraw(actor=actor_of(request), nomination_id=pk, note=request.POST.get("note", ""))
    messages.success(request, _("ถอนเรื่องแล้ว"))
    return redirect("nominations")


@require_POST
@allow(*CHECKERS)
def nomination_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who of the public reported it; the look is logged."""
    actor = actor_of(request)
    row = get_nomination_for(actor, pk)
    form = NoteForm(request.POST, prefix="contact")
    if form.is_valid():
        reason = form.cleaned_data["note"]
        contact = attempt(form, lambda: reveal_contact(actor=actor, nomination_id=pk, reason=reason))
        return _page(request, row, contact_form=form, contact=contact)
    return _page(request, row, contact_form=form)


def _page(request: HttpRequest, row: Nomination, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    story = story_of(actor, row)
    decides = story.acts & DECIDING
    context: dict[str, Any] = {
        "story": story,
        "row": row,
        "check": CheckForm(initial=_first_check(row)),
        "decide": DecideForm(decisions=decisions_for(row), households=_choices(story)) if decides else None,
        "find": FindForm(),
        "found": Found(),
        "appeal_form": NoteForm(prefix="appeal"),
        "contact_form": NoteForm(prefix="contact"),
        "contact": None,
        "saved": "saved" in request.GET,
        "draft_key": DRAFT,
    } | forms
    shown = [context[name] for name in ("check", "decide", "find", "appeal_form", "contact_form")]
    status = status_of(*filter(None, shown))
    return render(request, "casework/nominations/nomination.html", context, status=status)


def _first_check(row: Nomination) -> dict[str, Any]:
    return {"dimensions": [dimension.value for dimension in Dimension.from_mask(row.dimensions)]}


# -------------------------------------------------------------------------------------------------- pictures


@require_safe
@allow(*NOMINATORS)
def nomination_photo(request: HttpRequest, pk: UUID, photo_id: UUID) -> HttpResponse:
    """A photo, at most 1,600 pixels an edge."""
    return _jpeg(request, pk, photo_id, thumb=False)


@require_safe
@allow(*NOMINATORS)
def nomination_thumb(request: HttpRequest, pk: UUID, photo_id: UUID) -> HttpResponse:
    """The same, at most 320 pixels an edge."""
    return _jpeg(request, pk, photo_id, thumb=True)


def _jpeg(request: HttpRequest, pk: UUID, photo_id: UUID, *, thumb: bool) -> HttpResponse:
    row = get_nomination_photo_for(actor_of(request), pk, photo_id)
    data = open_nomination_photo(row, thumb=thumb)
    return HttpResponse(data, content_type="image/jpeg", headers=_PHOTO_HEADERS)


# -------------------------------------------------------------------------------------------------- the rule


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def nomination_rule(request: HttpRequest) -> HttpResponse:
    """Whether the public may report families, and the days."""
    actor = actor_of(request)
    rule = rule_of(actor.province_code)
    names = ("is_public_open", "check_days", "appeal_days")
    form = RuleForm(posted(request), initial={name: getattr(rule, name) for name in names})
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: set_rule(actor=actor, **form.cleaned_data))
    ):
        messages.success(request, _("บันทึกกติกาแล้ว"))
        return redirect("nomination_rule")
    return render(
        request, "casework/nominations/rule.html", {"form": form, "rule": rule}, status=status_of(form)
    )
