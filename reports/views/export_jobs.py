"""Exports in peace: asking with columns and a reason, one's own exports, and the register of the province."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, HOUSEHOLD_ROLES, Role
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.names import clean_text
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..export_queries import column_choices, exports_of_province, own_exports
from ..forms.exports import ExportForm
from ..models import ColumnChoice
from ..orders import FORMATS, KINDS, Order, columns_of, count_of, label_of, make, may_ask
from ..pages.exports import ColumnPick, JobLine, job_lines
from ..services.column_choices import forget_columns, keep_columns
from ..services.export_jobs import delete_export, open_export
from ..services.export_register import Asked, ask_job, may_show_ids
from ..tasks import start_export
from .board import actor_of
from .exports import TYPES, asking_url, is_big, stream_url

ASKING = tuple(sorted(HOUSEHOLD_ROLES | BOARD_ROLES))
SHOWN = 30


@require_http_methods(["GET", "POST"])
@allow(*ASKING)
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask for a file of a list or board: columns, format, reason; at once or made by a worker."""
    actor = actor_of(request)
    order = _order(actor, request.GET)
    asking = Asking(request, actor, order)
    if request.method == "POST":
        answer = asking.act(request.POST.get("act", ""))
        if answer is not None:
            return answer
    return asking.page()


class Asking:
    """One round of the page: what was sent, what came of it, what is shown."""

    def __init__(self, request: HttpRequest, actor: Actor, order: Order) -> None:
        self.request, self.actor, self.order = request, actor, order
        self.sent = request.method == "POST"
        self.sets = list(column_choices(actor.user_id or 0, order.kind))
        known = columns_of(order.kind)
        if self.sent:
            self.pick = ColumnPick.from_post(known, request.POST)
        else:
            last: list[str] = next((found.columns for found in self.sets if not found.name), [])
            self.pick = ColumnPick.from_codes(known, order.columns or last)
        self.form = ExportForm(
            request.POST if self.sent else None,
            initial={"format": request.GET.get("format") if request.GET.get("format") in FORMATS else "csv"},
            with_ids=may_show_ids(actor, order.kind),
        )

    def act(self, asked: str) -> HttpResponse | None:
        """The button that was pressed; None shows the page again."""
        verb, _colon, value = asked.partition(":")
        match verb:
            case "up" | "down":
                self.pick = self.pick.moved(value, -1 if verb == "up" else 1)
            case "load" | "forget":
                self._set(verb, value)
            case "save":
                self._save()
                return None
            case "stream" | "job":
                return self._take(verb)
        if verb not in ("stream", "job"):
            self._forgive()
        return None

    def page(self) -> HttpResponse:
        rows = count_of(self.actor, self.order)
        context = {
            "form": self.form,
            "pick": self.pick,
            "sets": [found for found in self.sets if found.name],
            "label": label_of(self.order.kind),
            "title": make(self.actor, Order(self.order.kind, self.order.query)).title,
            "rows": rows,
            "big": "big" in self.request.GET,
            "opens_columns": self.sent or bool(self.pick.codes),
        }
        status = 422 if self.sent and self.form.errors else 200
        return render(self.request, "reports/exports/new.html", context, status=status)

    def _set(self, verb: str, value: str) -> None:
        found = next((found for found in self.sets if str(found.pk) == value), None)
        if found is None:
            return
        if verb == "load":
            self.pick = ColumnPick.from_codes(columns_of(self.order.kind), found.columns)
            return
        forget_columns(actor=self.actor, choice_id=found.pk)
        self.sets.remove(found)

    def _save(self) -> None:
        name = clean_text(self.request.POST.get("set_name", ""))
        if not name:
            self.form.is_valid()
            self.form.add_error("set_name", _("ตั้งชื่อชุดคอลัมน์ก่อนบันทึก"))
            return
        if self._keep(name[:60]):
            messages.success(self.request, _("บันทึกชุดคอลัมน์ “%(name)s” แล้ว") % {"name": name[:60]})
            self.sets = list(column_choices(self.actor.user_id or 0, self.order.kind))
            self._forgive()

    def _keep(self, name: str) -> ColumnChoice | None:
        wanted = [code for code in self.pick.order if code in self.pick.wanted]
        try:
            return keep_columns(actor=self.actor, kind=self.order.kind, columns=wanted, name=name)
        except InvalidInput as refusal:
            self.form.is_valid()
            self.form.add_error("set_name" if refusal.code == "too_many_sets" else None, str(refusal))
            return None

    def _take(self, verb: str) -> HttpResponse | None:
        if not self.form.is_valid() or not self._keep(""):
            return None
        data = self.form.cleaned_data
        order = Order(self.order.kind, self.order.query, self.pick.codes, bool(data.get("shows_ids")))
        if verb == "stream" and not order.shows_ids and not is_big(self.actor, order, data["format"]):
            return redirect(stream_url(order, data["format"]))
        asked = Asked(
            order.kind,
            data["format"],
            order.filters,
            make(self.actor, Order(order.kind, order.query)).title,
            order.columns,
            data["reason"],
            order.shows_ids,
            count_of(self.actor, order),
        )
        try:
            job = ask_job(actor=self.actor, asked=asked)
        except (InvalidInput, Conflict) as refusal:
            field = refusal.details.get("field")
            self.form.add_error(field if field in self.form.fields else None, str(refusal))
            return None
        start_export(job.pk)
        return redirect("export_list")

    def _forgive(self) -> None:
        """Moving a column or loading a set is no attempt to send the form: nothing is blamed."""
        typed = {name: self.request.POST.get(name, "") for name in self.form.fields}
        self.form = ExportForm(
            initial={**typed, "shows_ids": "shows_ids" in self.request.POST},
            with_ids=may_show_ids(self.actor, self.order.kind),
        )


@require_safe
@allow(*ASKING)
def exports_own(request: HttpRequest) -> HttpResponse:
    """One's own exports, newest first. Asked by htmx it answers the lines alone."""
    actor = actor_of(request)
    page, urls = page_of_request(request, own_exports(actor), ("-id",), SHOWN)
    lines = [_with_ways(line) for line in job_lines(page.rows)]
    context = {"lines": lines, "moving": any(line.is_moving for line in lines), **urls}
    context["sees_register"] = actor.role is Role.PROVINCIAL_SECRETARY
    name = "lines" if "HX-Request" in request.headers else "list"
    return render(request, f"reports/exports/{name}.html", context)


@require_safe
@allow(Role.PROVINCIAL_SECRETARY)
def export_register(request: HttpRequest) -> HttpResponse:
    """Every export of the province: who, what, why, when, how many rows."""
    rows = exports_of_province(actor_of(request))
    only_mass = request.GET.get("mass") == "1"
    shown = rows.filter(is_mass=True) if only_mass else rows
    page, urls = page_of_request(request, shown, ("-id",), SHOWN)
    context = {"lines": job_lines(page.rows), "only_mass": only_mass, **urls}
    return render(request, "reports/exports/register.html", context)


@require_safe
@allow(*ASKING)
def export_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The finished file; each look is logged."""
    job, file = open_export(actor=actor_of(request), job_id=pk)
    stem = f"{job.kind}-{job.asked_at:%Y%m%d}-{str(job.pk)[-6:]}"
    response = FileResponse(
        file, as_attachment=True, filename=f"{stem}.{job.format}", content_type=TYPES[job.format]
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@allow(*ASKING)
def export_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    delete_export(actor=actor_of(request), job_id=pk)
    return redirect("export_list")


def _order(actor: Actor, query: QueryDict) -> Order:
    """What the address asks for; without a kind the first that this role has."""
    kind = query.get("kind") or next(kind for kind in KINDS if may_ask(actor, kind))
    order = Order.from_query(kind, query)
    if not may_ask(actor, kind):
        raise Http404
    return order


def _with_ways(line: JobLine) -> JobLine:
    """With the way to ask for it again; what left by another door is asked for there."""
    if line.job.kind not in KINDS:
        return line
    order = Order.of_job(line.job)
    return JobLine(line.job, line.now, asking_url(order, format=line.job.format))
