"""What every page of the demo says while parts of the story are still being told."""

from __future__ import annotations

from django.http import HttpRequest

from .models import Chapter


def story(request: HttpRequest) -> dict[str, object]:
    """`story_chapters`: the provinces whose figures are not complete yet; empty once all are told."""
    return {"story_chapters": Chapter.objects.filter(finished_at=None)}
