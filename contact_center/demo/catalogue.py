"""What the demo's firm makes: products in lines, with specifications, known defects, prices in four currencies, stock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

RATES = {"EUR": Decimal(1), "CNY": Decimal("0.128"), "GBP": Decimal("1.16"), "SEK": Decimal("0.088")}  # worth in EUR
LOCATIONS = ("Hamburg", "Utrecht", "上海")
RETAIL, BUSINESS = "Retail", "Business"
RAISED_AFTER = timedelta(days=430)  # from the beginning of the archive on, prices are what they are now
COOL, WASH, COOK, DISH, AIR, SMALL, PARTS = (
    "Cooling 制冷", "Laundry 洗护", "Cooking 烹饪", "Dishwashing 洗碗", "Ventilation 排风", "Small appliances 小家电",
    "Parts and care 配件耗材",
)  # fmt: skip
_COST = {COOL: 61, WASH: 63, COOK: 55, DISH: 60, AIR: 52, SMALL: 58, PARTS: 34}  # percent of the retail price


@dataclass(frozen=True, slots=True)
class Item:
    """One product. `eur` is its retail price today; a warranty of 0 months makes it a part, which nobody registers."""

    number: str
    name: str
    zh: str
    model: str
    line: str
    eur: int
    warranty: int
    specification: str
    defects: str = ""
    is_sold: bool = True

    @property
    def is_appliance(self) -> bool:
        return self.warranty > 0

    def title(self, language: str) -> str:
        """What it is called in an order of somebody who reads *language*."""
        return f"{self.model} {self.zh}" if language == "zh" else f"{self.model} {self.name}"

    def price(self, currency: str, *, business: bool = False, raised: bool = True) -> Decimal:
        """The list price, rounded as shops round."""
        exact = Decimal(self.eur) / RATES[currency]
        exact = exact * (Decimal("0.88") if business else 1) * (1 if raised else Decimal("0.96"))
        if exact < 40:
            return exact.quantize(Decimal("0.1")) + Decimal("0.05")
        step = 10 if exact < 1000 else 50
        return Decimal(int(exact / step + Decimal("0.5")) * step - 1).quantize(Decimal("0.01"))

    def cost(self, currency: str = "EUR") -> Decimal:
        """What it costs the firm."""
        return (Decimal(self.eur) * _COST[self.line] / 100 / RATES[currency]).quantize(Decimal("0.01"))


# fmt: off
ITEMS = (
    Item("NR-42010", "fridge-freezer", "冷藏冷冻冰箱", "FrostLine 420", COOL, 1249, 24, "402 l · NoFrost 无霜 · A · 34 dB · 201 × 60 × 66 cm",
         "Start relay of batch 24-W18 fails: fridge warm, freezer fine (SB-211). Order NR-4412.\n24-W18 批次启动继电器失效：冷藏室不制冷，冷冻室正常（SB-211），换 NR-4412。"),
    Item("NR-30010", "fridge-freezer", "冷藏冷冻冰箱", "FrostLine 300", COOL, 899, 24, "298 l · NoFrost 无霜 · B · 36 dB · 176 × 55 × 62 cm",
         "Door seal hardens after four years; NR-4410F fits.\n门封条约四年后老化，可换 NR-4410F。"),
    Item("NR-50220", "two-door fridge", "双门冰箱", "FrostLine 502", COOL, 1590, 24, "502 l · 双门 · B · 38 dB · 181 × 91 × 70 cm"),
    Item("NR-09010", "room fridge", "客房小冰箱", "MiniCool 90", COOL, 279, 24, "88 l · 26 dB · for hotel rooms 酒店客房 · 85 × 48 × 45 cm"),
    Item("NR-14010", "chest freezer", "卧式冷柜", "DeepBox 140", COOL, 429, 24, "140 l · D · 85 × 73 × 56 cm"),
    Item("NR-90010", "professional fridge", "商用冷柜", "ProChill 900", COOL, 3290, 12, "900 l · GN 2/1 · stainless 不锈钢 · 205 × 71 × 80 cm",
         "Condenser needs cleaning every three months, else it overheats.\n冷凝器须每三个月清洁，否则过热。"),
    Item("NR-06010", "wine cooler", "酒柜", "Cellar 60", COOL, 749, 24, "60 bottles 瓶 · 5–20 °C · 39 dB"),
    Item("NR-71010", "washing machine", "滚筒洗衣机", "W9 Pro", WASH, 989, 24, "9 kg · 1400/min · A · 72 dB · 85 × 60 × 63 cm",
         "Up to serial 25K12 the drum bearing knocks when spinning. Repair once, then exchange.\n序列号 25K12 之前的滚筒轴承脱水异响：修一次，再坏换新。"),
    Item("NR-70810", "washing machine", "滚筒洗衣机", "W8", WASH, 729, 24, "8 kg · 1400/min · B · 74 dB"),
    Item("NR-71210", "washer-dryer", "洗烘一体机", "WD10 Steam", WASH, 1390, 24, "10/6 kg · 1400/min · D"),
    Item("NR-72010", "heat pump dryer", "热泵烘干机", "D7", WASH, 849, 24, "8 kg · A+++ · 64 dB",
         "Heat exchanger clogs when the lint filter is missing.\n缺少滤网时热交换器堵塞。"),
    Item("NR-72110", "heat pump dryer", "热泵烘干机", "D9 Quiet", WASH, 1090, 36, "9 kg · A+++ · 60 dB"),
    Item("NR-79010", "laundry stack", "洗烘叠放套装", "Stack 2×10 Pro", WASH, 4490, 12, "2 × 10 kg · for guesthouses 民宿客栈 · 380 V"),
    Item("NR-31010", "oven", "嵌入式烤箱", "Oven ONE 300", COOK, 690, 24, "72 l · 13 programmes 程序 · A+ · 60 cm"),
    Item("NR-31110", "oven", "嵌入式烤箱", "Oven ONE 500", COOK, 990, 24, "76 l · pyrolytic 高温自清洁 · A+ · 60 cm"),
    Item("NR-32010", "steam oven", "嵌入式蒸箱", "Steam Q2", COOK, 1090, 24, "45 l · 40–100 °C · 45 cm",
         "Vinegar as a descaler attacks the seals; citric acid only.\n用醋除垢会腐蚀密封圈，只可用柠檬酸。"),
    Item("NR-32110", "steam combi oven", "蒸烤一体机", "Steam Combi Q5", COOK, 1690, 24, "56 l · 30–230 °C · 60 cm"),
    Item("NR-33010", "induction hob", "电磁灶", "Hob E7", COOK, 590, 24, "4 zones 灶区 · 7.4 kW · 59 cm"),
    Item("NR-33110", "induction hob", "电磁灶", "Hob E9 Flex", COOK, 890, 24, "5 zones 灶区 · 11 kW · 80 cm"),
    Item("NR-33210", "gas hob", "燃气灶", "Hob G2", COOK, 320, 24, "2 burners 双眼 · 5.0 kW"),
    Item("NR-34010", "microwave", "微波炉", "Micro 25", COOK, 189, 24, "25 l · 900 W"),
    Item("NR-39010", "combi steamer", "商用蒸烤箱", "ProSteam 6", COOK, 6890, 12, "6 × GN 1/1 · 10.8 kW · 400 V"),
    Item("NR-51410", "dishwasher", "洗碗机", "Dish 14S", DISH, 749, 24, "14 settings 套 · 44 dB · C · 60 cm",
         "Door spring tears on the left; kit NR-5530.\n左侧门弹簧易断，换 NR-5530。"),
    Item("NR-50910", "slim dishwasher", "窄型洗碗机", "Dish 9", DISH, 599, 24, "9 settings 套 · 46 dB · D · 45 cm"),
    Item("NR-51510", "dishwasher", "洗碗机", "Dish 15 Zeo", DISH, 1090, 36, "15 settings 套 · 40 dB · A · 60 cm"),
    Item("NR-59010", "glass washer", "商用洗杯机", "GlassWash 50", DISH, 2290, 12, "50 × 50 cm basket 篮 · 2 min"),
    Item("NR-61010", "cooker hood", "吸油烟机", "Hood Air 60", AIR, 349, 24, "620 m³/h · 56 dB · 60 cm"),
    Item("NR-61110", "cooker hood", "吸油烟机", "Hood Air 90", AIR, 469, 24, "720 m³/h · 58 dB · 90 cm"),
    Item("NR-62010", "downdraft hob", "集成灶", "Hob Vent X", AIR, 1990, 24, "4 zones 灶区 · 550 m³/h · 83 cm"),
    Item("NR-81010", "kettle", "电热水壶", "Kettle 1.7", SMALL, 49, 24, "1.7 l · 2.2 kW", "Lid hinge cracks; exchange without question.\n壶盖铰链易裂，直接换新。"),
    Item("NR-82010", "toaster", "多士炉", "Toast 2", SMALL, 45, 24, "2 slices 片 · 950 W"),
    Item("NR-83010", "coffee machine", "全自动咖啡机", "Barista 5", SMALL, 549, 24, "15 bar · 1.8 l · grinder 研磨"),
    Item("NR-84010", "hand blender", "手持料理棒", "Blend H", SMALL, 69, 24, "800 W"),
    Item("NR-85010", "vacuum cleaner", "吸尘器", "Vac S4", SMALL, 229, 24, "cordless 无线 · 45 min"),
    Item("NR-86010", "rice cooker", "电饭煲", "Rice 4", SMALL, 119, 24, "4 l · IH"),
    Item("NR-80090", "sandwich maker", "三明治机", "Grill S1", SMALL, 39, 24, "750 W", is_sold=False),
    Item("NR-4412", "start relay FrostLine", "FrostLine 启动继电器", "4412", PARTS, 38, 0, "for 适用 FrostLine 300 / 420"),
    Item("NR-4410H", "door hinge kit", "门铰链套件", "4410-H", PARTS, 42, 0, "for 适用 FrostLine 300 / 420 / 502"),
    Item("NR-4410F", "door seal", "门封条", "4410-F", PARTS, 36, 0, "for 适用 FrostLine 300 / 420"),
    Item("NR-4460", "glass shelf 60 cm", "60 厘米玻璃层架", "Shelf 60", PARTS, 29, 0, "for 适用 FrostLine 420"),
    Item("NR-4445", "glass shelf 45 cm", "45 厘米玻璃层架", "Shelf 45", PARTS, 24, 0, "for 适用 FrostLine 300"),
    Item("NR-7130", "drum bearing set", "滚筒轴承组件", "7130", PARTS, 89, 0, "for 适用 W8 / W9 Pro"),
    Item("NR-7205", "lint filter", "绒毛滤网", "7205", PARTS, 19, 0, "for 适用 D7 / D9"),
    Item("NR-5530", "door spring kit", "门弹簧套件", "5530", PARTS, 34, 0, "for 适用 Dish 14S / 15"),
    Item("NR-6120", "grease filter, set of 2", "油网（2 片装）", "Filter A2", PARTS, 32, 0, "for 适用 Hood Air 60 / 90"),
    Item("NR-6130", "charcoal filter", "活性炭滤网", "Filter C1", PARTS, 26, 0, "for 适用 Hood Air 60 / 90"),
    Item("NR-3299", "citric descaler 1 kg", "柠檬酸除垢剂 1 千克", "Descale 1", PARTS, 12, 0, "for 适用 Steam Q2 / Q5, Barista 5"),
    Item("NR-8399", "cleaning tablets, 30", "清洁片（30 片）", "Clean 30", PARTS, 15, 0, "for 适用 Barista 5"),
)
# fmt: on
BY_MODEL = {item.model: item for item in ITEMS}
APPLIANCES = tuple(item for item in ITEMS if item.is_appliance and item.is_sold)
HOUSEHOLD = tuple(item for item in APPLIANCES if item.eur < 2000)
EXTRAS = tuple(item for item in ITEMS if not item.is_appliance)


def rows(begin: date, rng: random.Random) -> Iterator[dict[str, Any]]:
    """The products as a file of the importer has them, with both generations of prices and the stock."""
    for item in ITEMS:
        yield {
            "external_id": item.number, "name": f"{item.model} {item.name} {item.zh}", "model": item.model,
            "line": item.line, "specification": item.specification, "defects": item.defects,
            "unit_cost": item.cost(), "cost_currency": "EUR", "warranty_months": item.warranty,
            "is_active": "yes" if item.is_sold else "no", "prices": list(_prices(item, begin)),
            "stock": list(_stock(item, rng)) if item.is_sold else [],
        }  # fmt: skip


def _prices(item: Item, begin: date) -> Iterator[dict[str, Any]]:
    for list_name, currencies in ((RETAIL, tuple(RATES)), (BUSINESS, ("EUR", "CNY"))):
        for currency in currencies:
            for raised, since in ((False, begin), (True, begin + RAISED_AFTER)):
                amount = item.price(currency, business=list_name == BUSINESS, raised=raised)
                yield {"list_name": list_name, "currency": currency, "amount": amount, "valid_from": since}


def _stock(item: Item, rng: random.Random) -> Iterator[dict[str, Any]]:
    most = 400 if item.eur < 60 else 90 if item.eur < 1000 else 24
    for location in LOCATIONS:
        yield {"location": location, "quantity": rng.randint(0, most) if rng.random() > 0.08 else 0}


def counted(today: date, rng: random.Random) -> Iterator[dict[str, Any]]:
    """The stock as it was last counted; of what has run out more is expected."""
    for item in ITEMS:
        for each in _stock(item, rng) if item.is_sold else ():
            more = {"expected_on": today + timedelta(days=rng.randint(4, 30))} if not each["quantity"] else {}
            yield {"product": item.number, **each, **more}
