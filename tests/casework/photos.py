"""What the tests of photos share: a picture, sealed as a phone does, sent in parts."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any
from uuid import UUID

from django.test import Client
from PIL import Image

from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.ids import uuid7
from povertyops.common.sealing import seal_item

PART_TYPE = "application/offset+octet-stream"


def jpeg(size: tuple[int, int] = (640, 480), *, noisy: bool = False, **options: Any) -> bytes:
    out = BytesIO()
    image = Image.effect_noise(size, 60).convert("RGB") if noisy else Image.new("RGB", size, (20, 120, 60))
    image.save(out, "JPEG", **options)
    return out.getvalue()


class Upload:
    """A photo on its way from a person's phone."""

    def __init__(
        self,
        client: Client,
        actor: Actor,
        household: Household,
        data: bytes,
        *,
        visit: UUID | str | None = None,
        sealed: bool = True,
        **values: Any,
    ) -> None:
        self.client, self.id, self.visit = client, uuid7(), visit or uuid7()
        self.sent = seal_item(data, kind="photo", user_id=actor.user_id, item_id=self.id) if sealed else data
        self.announced = {
            "id": str(self.id),
            "household": str(household.pk),
            "size": len(self.sent),
            "sha256": hashlib.sha256(self.sent).hexdigest(),
            "sealed": sealed,
            "taken_at": "2026-11-20T10:00:00+07:00",
            **values,
        }

    @property
    def url(self) -> str:
        return f"/api/v1/visits/{self.visit}/photos/{self.id}/"

    def announce(self, **values: Any) -> Any:
        return self.client.post(
            f"/api/v1/visits/{self.visit}/photos/",
            {**self.announced, **values},
            content_type="application/json",
        )

    def ask(self) -> Any:
        return self.client.get(self.url)

    def send(self, offset: int = 0, until: int | None = None, **headers: str) -> Any:
        return self.send_bytes(self.sent[offset:until], offset, **headers)

    def send_bytes(self, data: bytes, offset: int | str = 0, content_type: str = PART_TYPE) -> Any:
        return self.client.patch(
            self.url, data, content_type=content_type, headers={"Upload-Offset": str(offset)}
        )

    def whole(self) -> Any:
        """Told of and sent in one piece."""
        assert self.announce().status_code in (200, 201)
        return self.send()
