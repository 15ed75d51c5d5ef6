"""How goods travel in the demo, what carriers write, where things stand then, how people pay; in both languages."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import AIR, COOK, COOL, DISH, WASH, Item

_CARRIERS = {"zh": ("顺丰速运", "德邦快递"), "en": ("Polar Freight", "DHL")}
_METHODS = {
    "zh": ("微信支付", "支付宝", "银行卡"), "en": ("Card", "PayPal", "Card"),
    "zh company": ("对公转账",), "en company": ("Bank transfer", "SEPA direct debit"),
}  # fmt: skip
_WORDS = {
    "en": (
        "Packed", "Left the warehouse", "At the hub, sorted for delivery", "On the van", "Delivered",
        "Van broke down, new date to follow", "Nobody at home, next try tomorrow",
    ),
    "zh": (
        "商品已打包", "已从仓库发出", "到达转运中心，待派送", "正在派送", "已签收",
        "车辆故障，送货时间另行通知", "无人签收，明日再次派送",
    ),
}  # fmt: skip
_WAREHOUSES = {"en": "Hamburg", "zh": "上海"}
_ROOMS = {
    "en": {COOL: "Kitchen", COOK: "Kitchen", DISH: "Kitchen", AIR: "Kitchen", WASH: "Utility room"},
    "zh": {COOL: "厨房", COOK: "厨房", DISH: "厨房", AIR: "厨房", WASH: "洗衣间"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a shipment's way."""

    at: datetime
    state: str
    place: str
    text: str


def carrier(account: Buyer, number: str) -> str:
    """Who brings it: the same for the same parcel."""
    carriers = _CARRIERS[account.language]
    return carriers[int(number[-1]) % len(carriers)]


def method(account: Buyer, rng: random.Random) -> str:
    """How a customer pays."""
    return rng.choice(_METHODS[f"{account.language} company" if account.is_company else account.language])


def place_of(account: Buyer, item: Item, unit: int) -> str:
    """Where a thing stands."""
    if account.is_company:
        return f"{unit + 1} 号点" if account.is_chinese else f"Site {unit + 1}"
    return _ROOMS[account.language].get(item.line, "")


def of(account: Buyer, placed: datetime, promised: date, delivered: datetime | None, rng: random.Random) -> list[Step]:
    """The way of a parcel from the warehouse to the door; with *delivered* it arrives then, however late that is."""
    packed = placed + timedelta(hours=rng.uniform(5, 30))
    if delivered is None:
        usual = datetime(promised.year, promised.month, promised.day, rng.randint(8, 16), 5, tzinfo=placed.tzinfo)
        delivered = max(usual + timedelta(days=rng.choice((-1, -1, 0, 0, 0, 1))), packed + timedelta(hours=30))
    left = min(packed + timedelta(hours=rng.uniform(4, 20)), packed + (delivered - packed) / 3)
    arrived = left + (delivered - left) / 2
    packing, leaving, sorting, driving, handing, delayed, missed = _WORDS[account.language]
    home = _WAREHOUSES[account.language]
    steps = [
        Step(packed, "PREPARING", home, packing), Step(left, "IN_TRANSIT", home, leaving),
        Step(arrived, "IN_TRANSIT", account.city, sorting),
    ]  # fmt: skip
    if delivered.date() > promised + timedelta(days=1):
        steps.append(Step(arrived + (delivered - arrived) / 2, "IN_TRANSIT", account.city, delayed))
    elif rng.random() < 0.03:
        steps.append(Step(arrived + (delivered - arrived) / 2, "FAILED", account.city, missed))
    out = delivered - min(timedelta(hours=4), (delivered - steps[-1].at) / 2)
    steps += [Step(out, "OUT_FOR_DELIVERY", account.city, driving), Step(delivered, "DELIVERED", account.city, handing)]
    return [Step(step.at.replace(microsecond=0), step.state, step.place, step.text) for step in steps]
