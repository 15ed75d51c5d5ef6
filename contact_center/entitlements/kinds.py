"""Kinds of requests, which contracts and policies speak of as tickets do."""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    """What kind of request it is (服务请求类型)."""

    QUESTION = "QUESTION"
    ORDER = "ORDER"
    DELIVERY = "DELIVERY"
    REPAIR = "REPAIR"
    RETURN = "RETURN"
    INVOICE = "INVOICE"
    COMPLAINT = "COMPLAINT"
    OTHER = "OTHER"


UNDER_WARRANTY = frozenset({RequestKind.REPAIR, RequestKind.RETURN})
BY_VISIT = frozenset({RequestKind.REPAIR})  # what uses up a contract's visits
