"""What REST answers look like: resources, pages, errors, files.

Source: "REST API: responses", "Twilio's response: paging".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from carrier.parameters import VERSION
from carrier.rest.requests import Request

Body = dict[str, Any]
Item = TypeVar("Item")
PAGE_SIZE = 50
GREATEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """A status with a JSON body, or with a file."""

    status: int
    body: Body | None = None
    content: bytes = b""
    content_type: str = "application/json"
    seconds: float = 0.0  # that the answer takes, in real time


def error(status: int, code: int, message: str) -> RestAnswer:
    """An error as the carrier writes it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return RestAnswer(status, {"code": code, "message": message, "more_info": more, "status": status})


def created(body: Body) -> RestAnswer:
    """Something new."""
    return RestAnswer(201, body)


def found(body: Body) -> RestAnswer:
    """Something that is there."""
    return RestAnswer(200, body)


def deleted() -> RestAnswer:
    """Something that is gone now."""
    return RestAnswer(204)


def page(request: Request, key: str, items: Sequence[Item], shown: Callable[[Item], Body]) -> RestAnswer:
    """A page of a list."""
    size = min(max(request.whole("PageSize", PAGE_SIZE), 1), GREATEST_PAGE)
    number = max(request.whole("Page", 0), 0)
    start = number * size
    part = items[start : start + size]
    last = start + size >= len(items)
    body = {
        key: [shown(item) for item in part],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(part) - 1, 0),
        "uri": _page_uri(request, size, number),
        "first_page_uri": _page_uri(request, size, 0),
        "next_page_uri": None if last else _page_uri(request, size, number + 1),
        "previous_page_uri": None if number == 0 else _page_uri(request, size, number - 1),
    }
    return found(body)


def _page_uri(request: Request, size: int, number: int) -> str:
    kept = [(name, value) for name, value in request.query if name not in {"Page", "PageSize", "PageToken"}]
    query = [*kept, ("PageSize", str(size)), ("Page", str(number))]
    if number:
        query.append(("PageToken", f"PA{number}"))
    return f"{request.path}?{urlencode(query)}"


def uri(request: Request, *parts: str) -> str:
    """The address of a resource, below the account."""
    return f"/{VERSION}/Accounts/{request.exchange.account.sid}/{'/'.join(parts)}.json"
