"""What is typed for a moment or a span: `2026-12-01`, `2026-12-01T10:00+03:00`, `7d`, `12h`."""

import datetime as dt
import re
from typing import Any

import click

_SPAN = re.compile(r"([1-9][0-9]{0,7})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class _Moment(click.ParamType[int]):
    name = "moment"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Read a day or a moment; UTC where no zone is said."""
        if isinstance(value, int):
            return value
        try:
            at = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is no moment; write 2026-12-01 (the day's start, UTC) or"
                " 2026-12-01T10:00+03:00",
                param,
                ctx,
            )
        return int((at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp())


class _Span(click.ParamType[int]):
    name = "span"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Read a length of time."""
        if isinstance(value, int):
            return value
        found = _SPAN.fullmatch(value)
        if not found:
            self.fail(f"{value!r} is no span; write 60s, 10m, 12h or 7d", param, ctx)
        return int(found[1]) * _SECONDS[found[2]]


MOMENT = _Moment()
SPAN = _Span()


def in_words(at: int) -> str:
    """Write a moment as a person reads it, UTC."""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M} UTC"
