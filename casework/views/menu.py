"""The help menu: reading it, and keeping the items of the nation or of a province."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from povertyops.accounts.enums import HOUSEHOLD_ROLES, Role
from povertyops.common.errors import NotAllowed
from povertyops.common.policies import allow

from ..access import get_menu_item_for
from ..forms.menu import MenuItemForm, values_of
from ..models import HelpMenuItem
from ..pages.menu import is_in_use, lines_for, menus_for, question_choices, tabs_of
from ..rules import MENU_KEEPERS
from ..services.menu import (
    add_menu_item,
    change_menu_item,
    hide_menu_item,
    may_keep,
    set_menu_item_active,
)
from .shared import actor_of, agency_names, attempt, posted, status_of, succeeds

KEEPERS = tuple(sorted(MENU_KEEPERS))
READERS = tuple(sorted(HOUSEHOLD_ROLES | MENU_KEEPERS))


@require_safe
@allow(*READERS)
def menu(request: HttpRequest) -> HttpResponse:
    """The five menus."""
    actor = actor_of(request)
    code = request.GET.get("dimension", "")
    chosen = Dimension(code) if code in Dimension.values else None
    menus = menus_for(actor, chosen)
    context = {
        "menus": menus,
        "tabs": tabs_of(chosen),
        "chosen": chosen,
        "keeps": actor.role in MENU_KEEPERS,
        "count": sum(len(each.lines) for each in menus),
    }
    return render(request, "casework/menu.html", context)


@require_safe
@allow(*READERS)
def menu_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One item: who it is for, what it gives, who gives it."""
    item = get_menu_item_for(actor_of(request), pk)
    line = lines_for(actor_of(request), [item])[0]
    return render(request, "casework/menu_item.html", {"line": line, "item": item, "in_use": is_in_use(item)})


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def menu_new(request: HttpRequest) -> HttpResponse:
    """A new item of the nation or of the province."""
    code = request.GET.get("dimension", "")
    initial = {"dimension": code} if code in Dimension.values else {}
    form = MenuItemForm(posted(request), initial=initial, questions=question_choices())
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: add_menu_item(actor=actor_of(request), item=form.item))
        if made:
            messages.success(request, _("เพิ่มรายการในเมนูแล้ว"))
            return redirect("menu_item", pk=made.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def menu_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What an item says from now on."""
    actor = actor_of(request)
    item = get_menu_item_for(actor, pk)
    if not may_keep(actor, item):
        raise NotAllowed("role", _("รายการกลางแก้โดยผู้ดูแลระบบ จังหวัดซ่อนรายการที่ไม่ใช้ได้"))
    form = MenuItemForm(posted(request), initial=values_of(item), questions=question_choices())
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: change_menu_item(actor=actor, item_id=pk, item=form.item))
    ):
        messages.success(request, _("บันทึกรายการแล้ว ใช้กับความช่วยเหลือที่บันทึกจากนี้ไป"))
        return redirect("menu_item", pk=pk)
    return _form_page(request, form, item)


def _form_page(request: HttpRequest, form: MenuItemForm, item: HelpMenuItem | None) -> HttpResponse:
    context = {"form": form, "item": item, "agencies": agency_names(actor_of(request).province_code)}
    return render(request, "casework/menu_form.html", context, status=status_of(form))


@require_POST
@allow(*KEEPERS)
def menu_active(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an item off the menu, or put it back."""
    on = request.POST.get("active") == "1"
    item = set_menu_item_active(actor=actor_of(request), item_id=pk, is_active=on)
    said = _("กลับมาใช้แล้ว: %(item)s") if on else _("เลิกใช้แล้ว: %(item)s ความช่วยเหลือที่ให้ไปแล้วไม่เปลี่ยน")
    messages.success(request, said % {"item": item.name})
    return redirect("menu_item", pk=pk)


@require_POST
@allow(Role.PROVINCIAL_SECRETARY)
def menu_hide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer a national item in the province no longer, or again."""
    hidden = request.POST.get("hidden") == "1"
    item = hide_menu_item(actor=actor_of(request), item_id=pk, hidden=hidden)
    said = _("จังหวัดไม่ใช้รายการนี้แล้ว: %(item)s") if hidden else _("จังหวัดกลับมาใช้: %(item)s")
    messages.success(request, said % {"item": item.name})
    return redirect("menu_item", pk=pk)
