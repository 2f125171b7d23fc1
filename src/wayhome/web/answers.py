"""Answers: what is ready to be sent, made once: whole and compressed, with a tag for each."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from starlette.requests import Request
from starlette.responses import Response

SMALL = 200  # bytes: less is not worth compressing
FOR_A_MINUTE = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"
NOT_KEPT = "no-store"
_PRESSED = ("text/", "image/svg+xml", "application/atom+xml", "application/json")


@dataclass(frozen=True, slots=True)
class Ready:
    """One body in both forms; `headers` are its own."""

    body: bytes
    pressed: bytes | None
    tag: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes, kind: str, headers: Mapping[str, str]) -> Self:
        """Compress once; the same body gives the same bytes."""
        pressed = gzip.compress(body, 6, mtime=0) if kind.startswith(_PRESSED) else None
        if pressed is not None and len(body) < SMALL:
            pressed = None
        return cls(body, pressed, sha256(body).hexdigest()[:32], {"content-type": kind, **headers})

    def answer(self, request: Request, status: int = 200) -> Response:
        """Answer one request: 304 where the asker has it, compressed where that is understood."""
        is_pressed = self.pressed is not None and _takes_gzip(request)
        tag = f'"{self.tag}-gz"' if is_pressed else f'"{self.tag}"'
        headers = {**self.headers, "etag": tag}
        if self.pressed is not None:
            headers["vary"] = "accept-encoding"
        if status == 200 and _has(request, self.tag):  # noqa: PLR2004 - HTTP's own number
            del headers["content-type"]
            return Response(None, 304, headers)
        body = self.pressed if is_pressed and self.pressed is not None else self.body
        if is_pressed:
            headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        return Response(None if request.method == "HEAD" else body, status, headers)


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        if name.lower() in ("gzip", "*"):
            return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _has(request: Request, tag: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or f'"{tag}"' in asked or f'"{tag}-gz"' in asked
