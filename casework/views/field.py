"""What phones fetch for work without network: shells, the service worker, the manifest. Nothing personal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from povertyops.common.policies import public

from ..field.shells import shell_response
from ..field.worker import manifest, worker_script


@require_safe
@public
def shell(request: HttpRequest, name: str) -> HttpResponse:
    """A field page without its contents."""
    return shell_response(request, name)


@require_safe
@public
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits on this phone: known to the phone alone, so the page is a shell for everybody."""
    return shell_response(request, "outbox")


@require_safe
@public
def service_worker(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@public
def web_manifest(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(
        manifest(), content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-cache"
    return response
