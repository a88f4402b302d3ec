"""The bound of every upload, kept while it comes in: what grows too big is thrown away, not stored."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

_TOO_BIG = "povertyops.upload_too_big"


class BoundedUploadHandler(FileUploadHandler):
    """Stands before the handlers that store. A file beyond the bound is left out; `is_too_big` then says
    so."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            assert self.request is not None
            self.request.META[_TOO_BIG] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def is_too_big(request: HttpRequest) -> bool:
    """Whether a file of this request was left out for its size."""
    return bool(request.META.get(_TOO_BIG))
