"""Side by side: two that may be one; merging, taking apart, persons who move, households that split."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import get_household_for_write, visible_households
from households.enums import PairKind, PairState
from households.models import DuplicatePair, Household
from households.services.duplicates import decide_not_same, visible_pairs
from povertyops.accounts.actor import Actor
from povertyops.common.policies import allow

from ..forms.merges import MergeForm, PairDecisionForm, PersonMoveForm, SplitForm, UndoForm
from ..models import HouseholdMerge, PersonMerge
from ..pages.merges import MergeRow, comparison_of, consequences, merges_seen
from ..pages.people import members_of
from ..pages.transfers import subdistrict_choices
from ..rules import APPROVING_ROLES
from ..services.merge_persons import merge_persons
from ..services.merge_work import why_not_merge
from ..services.merging import merge_households
from ..services.persons_moving import link_same_house, move_person
from ..services.splitting import split_household
from ..services.unmerging import unmerge, unmerge_persons, why_not_undo
from .shared import actor_of, attempt, posted, status_of, succeeds

OFFICERS = tuple(sorted(APPROVING_ROLES))


@require_safe
@allow(*OFFICERS)
def duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A pair, side by side; of a side out of sight only that it is elsewhere."""
    actor = actor_of(request)
    pair = _pair(actor, pk)
    if not _sees_both(pair):
        return render(request, "casework/merge/elsewhere.html", _elsewhere(pair))
    return _side_by_side(request, actor, pair)


@require_POST
@allow(*OFFICERS)
def duplicate_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First what the merge will do, in numbers; then, confirmed, the merge."""
    actor = actor_of(request)
    pair = _decidable(actor, pk)
    comparison = comparison_of(actor, pair)
    form = MergeForm(request.POST, comparison=comparison)
    if not form.is_valid():
        return _side_by_side(request, actor, pair, form)
    kept, gone = form.kept_and_gone
    if request.POST.get("step") == "do":
        merge = attempt(
            form,
            lambda: merge_households(
                actor=actor,
                kept_id=kept.household.pk,
                gone_id=gone.household.pk,
                choices=form.choices,
                reason=form.cleaned_data["reason"],
            ),
        )
        if merge is None:
            return _side_by_side(request, actor, pair, form)
        messages.success(request, _("รวมครัวเรือนแล้ว ยกเลิกได้จากหน้ารายการรวม"))
        return redirect("household", pk=merge.kept_id)
    context = {
        "pair": pair,
        "form": form,
        "kept": kept,
        "gone": gone,
        "told": consequences(kept, gone, form.choices),
    }
    return render(request, "casework/merge/confirm.html", context)


@require_POST
@allow(*OFFICERS)
def duplicate_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Not the same; two families under one roof; or the same person in two places."""
    actor = actor_of(request)
    pair = _decidable(actor, pk)
    form = PairDecisionForm(request.POST)
    if form.is_valid() and succeeds(form, lambda: _decide(actor, pair, form.cleaned_data)):
        messages.success(request, _("บันทึกแล้ว คู่นี้จะไม่ถูกเสนออีก"))
        return redirect("duplicates")
    return _side_by_side(request, actor, pair, faulty=form)


def _decide(actor: Actor, pair: DuplicatePair, data: dict[str, Any]) -> object:
    reason = data["reason"]
    if data["decision"] == "person" and pair.kind == PairKind.PERSON:
        kept, gone = pair.left_id, pair.right_id
        if data["kept"] == "right":
            kept, gone = gone, kept
        return merge_persons(actor=actor, kept_person_id=kept, gone_person_id=gone, reason=reason)
    if data["decision"] == "same_house" and pair.left_household_id != pair.right_household_id:
        assert pair.left_household_id
        assert pair.right_household_id
        link_same_house(
            actor=actor, household_id=pair.left_household_id, other_id=pair.right_household_id, reason=reason
        )
    return decide_not_same(actor=actor, pair_id=pair.pk, reason=reason)


def _side_by_side(
    request: HttpRequest,
    actor: Actor,
    pair: DuplicatePair,
    form: MergeForm | None = None,
    faulty: PairDecisionForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "pair": pair,
        "faulty": faulty,
        "reason_form": faulty or PairDecisionForm(),
        "is_open": pair.state in (PairState.OPEN, PairState.GONE),
        "is_person": pair.kind == PairKind.PERSON,
    }
    status = status_of(*(found for found in (form, faulty) if found is not None))
    home = pair.left_household_id
    if home is not None and home == pair.right_household_id:
        members = members_of(home, today=actor.today())
        named = {member.person.pk: member for member in members}
        if pair.left_id not in named or pair.right_id not in named:
            return render(request, "casework/merge/elsewhere.html", {**_elsewhere(pair), "is_stale": True})
        context |= {
            "household": visible_households(actor).get(pk=home),
            "people": [("left", named[pair.left_id]), ("right", named[pair.right_id])],
        }
        return render(request, "casework/merge/persons.html", context, status=status)
    comparison = comparison_of(actor, pair)
    context |= {
        "comparison": comparison,
        "form": form or MergeForm(comparison=comparison),
        "why_not": why_not_merge(actor, comparison.left.household.scope, comparison.right.household.scope),
    }
    return render(request, "casework/merge/side_by_side.html", context, status=status)


def _pair(actor: Actor, pk: UUID) -> DuplicatePair:
    pair = visible_pairs(actor).filter(pk=pk).first()
    if pair is None:
        raise Http404
    return pair


def _sees_both(pair: DuplicatePair) -> bool:
    return bool(pair.sees_left and pair.sees_right)  # type: ignore[attr-defined]


def _decidable(actor: Actor, pk: UUID) -> DuplicatePair:
    pair = _pair(actor, pk)
    if not _sees_both(pair):
        raise Http404
    return pair


def _elsewhere(pair: DuplicatePair) -> dict[str, Any]:
    seen = pair.left_household_id if pair.sees_left else pair.right_household_id  # type: ignore[attr-defined]
    return {
        "pair": pair,
        "household": Household.objects.filter(pk=seen).first() if seen else None,
        "is_merged": pair.state == PairState.MERGED,
    }


# ------------------------------------------------------------------------------------------- taking apart


@require_safe
@allow(*OFFICERS)
def merge_list(request: HttpRequest) -> HttpResponse:
    """What was merged, the newest first, each with the way back."""
    return render(request, "casework/merge/list.html", {"rows": merges_seen(actor_of(request))})


@require_http_methods(["GET", "POST"])
@allow(*OFFICERS)
def merge_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two households again."""
    row = _row(request, pk, HouseholdMerge)
    return _undo(request, row, lambda reason: unmerge(actor=actor_of(request), merge_id=pk, reason=reason))


@require_http_methods(["GET", "POST"])
@allow(*OFFICERS)
def person_merge_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two persons again."""
    row = _row(request, pk, PersonMerge)
    return _undo(
        request, row, lambda reason: unmerge_persons(actor=actor_of(request), merge_id=pk, reason=reason)
    )


def _row(request: HttpRequest, pk: UUID, model: type[HouseholdMerge] | type[PersonMerge]) -> MergeRow:
    for row in merges_seen(actor_of(request)):
        if row.merge.pk == pk and isinstance(row.merge, model):
            return row
    raise Http404


def _undo(request: HttpRequest, row: MergeRow, act: Any) -> HttpResponse:
    form = UndoForm(posted(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: act(form.cleaned_data["reason"]))
    ):
        messages.success(request, _("ยกเลิกการรวมแล้ว ข้อมูลกลับไปเป็นอย่างเดิม"))
        return redirect("merge_list")
    row.merge.refresh_from_db()
    context = {"row": row, "form": form, "hindrances": why_not_undo(row.merge)}
    return render(request, "casework/merge/undo.html", context, status=status_of(form))


# --------------------------------------------------------------------------------------- moving, splitting


@require_http_methods(["GET", "POST"])
@allow(*OFFICERS)
def person_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A member moves to another household."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    members = members_of(pk, today=actor.today(), masks=False)
    form = PersonMoveForm(posted(request), members=members, initial={"on": actor.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not visible_households(actor).filter(pk=data["to_household"]).exists():
            form.add_error("to_household", _("ไม่พบครัวเรือนนี้ในพื้นที่ของท่าน"))
        elif succeeds(
            form,
            lambda: move_person(
                actor=actor,
                person_id=UUID(data["person"]),
                from_household_id=pk,
                to_household_id=data["to_household"],
                on=data["on"],
                reason=data["reason"],
                new_head_id=UUID(data["new_head"]) if data["new_head"] else None,
            ),
        ):
            messages.success(request, _("ย้ายสมาชิกแล้ว เรื่องราวของทั้งสองบ้านบอกไว้"))
            return redirect("household", pk=pk)
    context = {"form": form, "household": household}
    return render(request, "casework/merge/move_person.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*OFFICERS)
def household_split(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Some members found a household of their own."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    form = SplitForm(
        posted(request),
        members=members_of(pk, today=actor.today(), masks=False),
        subdistricts=subdistrict_choices(household.province_code),
        initial={
            "on": actor.today(),
            "subdistrict": household.area_code[:6],
            "village": int(household.area_code[6:]),
            "house_no": household.house_no,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: split_household(
                actor=actor,
                household_id=pk,
                person_ids=[UUID(person) for person in data["persons"]],
                area_code=form.area_code,
                house_no=data["house_no"],
                dimensions=form.mask,
                on=data["on"],
                reason=data["reason"],
                head_id=UUID(data["head"]) if data["head"] else None,
                new_head_id=UUID(data["new_head"]) if data["new_head"] else None,
            ),
        )
        if made:
            messages.success(request, _("แยกครัวเรือนแล้ว ครัวเรือนใหม่นับเป็นสำรวจพบเพิ่มเติม"))
            return redirect("household", pk=made.pk)
    context = {"form": form, "household": household}
    return render(request, "casework/merge/split.html", context, status=status_of(form))
