"""The demo's people: who works there and who buys there. Names, addresses and numbers are invented.

Phone numbers come from ranges that no carrier hands out; every mail domain ends in .example.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from contact_center.agents.models import RoleName

PASSWORD = "norra-demo-2026"
DOMAIN = "example.com"

TEAMS = ("Customer care", "中国客服")
QUEUES = (  # name, team, takes web requests
    ("Service e-mail", "Customer care", False),
    ("Web requests", "Customer care", True),
    ("Parts and returns", "Customer care", False),
    ("Invoices", "Customer care", False),
    ("中文客服", "中国客服", False),
)
MAILBOXES = (  # address, from name, queue, language, signature
    (f"support@{DOMAIN}", "Norra Care", "Service e-mail", "en", "Norra Care · Home appliances that last\nHamburg"),
    (f"parts@{DOMAIN}", "Norra Parts", "Parts and returns", "en", "Norra Parts · Spare parts and returns"),
    (f"kefu@{DOMAIN}", "诺岚服务", "中文客服", "zh_Hans_CN", "诺岚家电 客户服务中心\n上海"),
)


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    email: str
    role: RoleName
    teams: tuple[str, ...]
    queues: tuple[str, ...]
    language: str = "en"


_CARE = ("Service e-mail", "Web requests", "Parts and returns", "Invoices")
COLLEAGUES = (
    Colleague("Ada Brandt", f"ada@{DOMAIN}", RoleName.AGENT, TEAMS[:1], _CARE),
    Colleague("Jonas Krüger", f"jonas@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Service e-mail", "Parts and returns")),
    Colleague("Nora Hansen", f"nora@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Service e-mail", "Web requests")),
    Colleague("Luis Moreno", f"luis@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Web requests", "Invoices")),
    Colleague("陈悦", f"chenyue@{DOMAIN}", RoleName.AGENT, TEAMS[1:], ("中文客服", "Web requests"), "zh_Hans_CN"),
    Colleague("李伟", f"liwei@{DOMAIN}", RoleName.AGENT, TEAMS[1:], ("中文客服", "Parts and returns"), "zh_Hans_CN"),
    Colleague("Lee Wong", f"lee@{DOMAIN}", RoleName.SUPERVISOR, TEAMS[:1], ()),
    Colleague("王敏", f"wangmin@{DOMAIN}", RoleName.SUPERVISOR, TEAMS[1:], (), "zh_Hans_CN"),
    Colleague("Robin Admin", f"admin@{DOMAIN}", RoleName.ADMINISTRATOR, (), ()),
)


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer to be: `company` is the name of the firm a contact person works for."""

    name: str
    email: str
    phone: str
    language: str
    city: str
    country: str
    street: str
    postcode: str
    is_company: bool = False
    company: str | None = None
    position: str | None = None


_FIRST = (
    "Greta Bo Tomás Ines Henrik Petra Yuki Olu Ruth Samir Jana Marta Finn Clara Hugo Elif Mateo Freya Noah Ida Emil Leonie Paul "
    "Sofia Anton Lina Oskar Amira Jakob Nele Viktor Rosa Theo Marie Lars Chiara Milan Astrid David Helena Karim Zofia Ben Aino"
).split()
_LAST = (
    "Lindqvist Andersen Ferreira Moreau Aalto Holm Tanabe Adeyemi Okafor Aziz Weiss Kowalska Berg Fischer Rossi Yilmaz Garcia "
    "Nielsen Schuster Dupont Brandl Kranz Novak Silva Jansen Meyer Conti Laine Hoffmann Petit Bauer Larsen Vogel Costa Keller"
).split()
_PLACES = (  # city, country, postcode, a street, a phone prefix nobody has
    ("Hamburg", "DE", "22301", "Sierichstraße", "+4940555"),
    ("München", "DE", "80331", "Sendlinger Straße", "+4989555"),
    ("Stockholm", "SE", "11122", "Vasagatan", "+468555"),
    ("København", "DK", "1250", "Bredgade", "+4533555"),
    ("Lyon", "FR", "69002", "Rue Mercière", "+33455500"),
    ("Lisboa", "PT", "1200-195", "Rua da Rosa", "+35121555"),
    ("Kraków", "PL", "31-002", "ulica Grodzka", "+4812555"),
    ("Manchester", "GB", "M1 4BT", "Portland Street", "+44161555"),
    ("Torino", "IT", "10122", "Via Garibaldi", "+39011555"),
    ("Utrecht", "NL", "3511", "Oudegracht", "+3130555"),
)
_FIRMS = (
    "Hotel Sonne GmbH|Café Kranz|Stadtwerke Elbtal|Residenz am Park GmbH|Bäckerei Holm|Kantine Nord eG|Studio Aalto Oy|"
    "Ferreira & Filhos Lda|Pension Alpenblick|Maison Petit SARL|Brauhaus Keller KG|Kita Regenbogen e.V.|Larsen Boligudlejning ApS|"
    "Trattoria Conti S.r.l.|Nordlicht Seniorenwohnen gGmbH|Praxis Dr. Weiss|Campus Living B.V.|Silva Hotéis S.A.|Berg & Partner|"
    "Donaudampfschifffahrtsgesellschaft Kombüse"
).split("|")
_POSITIONS = ("Facility manager", "Owner", "Purchasing", "Head of housekeeping", "Office manager", "Accounts payable")
_ZH_FAMILY = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
_ZH_GIVEN = (
    "静怡 建国 晓梅 一鸣 小波 如意 雅琴 子轩 美玲 志强 丽华 浩然 欣妍 国栋 雨桐 明杰 秀英 俊杰 思远 婉婷 文博 佳琪 海燕 宇航 晨曦 "
    "玉兰 振华 梦瑶 立新 春梅"
).split()
_ZH_PLACES = (
    ("上海", "200040", "南京西路", "+862155"),
    ("北京", "100020", "建国门外大街", "+861055"),
    ("杭州", "310006", "延安路", "+865715"),
    ("广州", "510030", "北京路", "+862055"),
    ("成都", "610021", "春熙路", "+862855"),
    ("青岛", "266071", "香港中路", "+865325"),
)
_ZH_FIRMS = "杭州湖畔酒店|蓝山咖啡|上海青禾公寓管理有限公司|成都锦里餐饮有限公司|青岛海天物业|北京和风幼儿园|广州南粤酒楼|苏州园林民宿".split(
    "|"
)
_ZH_POSITIONS = ("采购经理", "总经理", "后勤主管", "财务")


def buyers(total: int, rng: random.Random) -> list[Buyer]:
    """*total* customers: about a third Chinese, every seventh a company, with contact persons for some companies."""
    made: list[Buyer] = []
    taken: set[str] = set()
    firms = {False: list(_FIRMS), True: list(_ZH_FIRMS)}
    while len(made) < total:
        zh = rng.random() < 0.34
        if firms[zh] and rng.random() < 0.16:
            firm = _firm(firms[zh].pop(0), zh, len(made), rng)
            made.append(firm)
            if len(made) < total:
                made.append(_person(zh, rng, taken, len(made), firm))
        else:
            made.append(_person(zh, rng, taken, len(made), None))
    return made


def _firm(name: str, zh: bool, number: int, rng: random.Random) -> Buyer:
    city, country, postcode, street, prefix = _place(zh, rng)
    email = f"office@firm{number:03d}.example"
    return Buyer(
        name,
        email,
        _phone(prefix, number),
        "zh" if zh else "en",
        city,
        country,
        f"{street} {rng.randint(1, 120)}",
        postcode,
        True,
    )


def _person(zh: bool, rng: random.Random, taken: set[str], number: int, firm: Buyer | None) -> Buyer:
    name = _name(zh, rng, taken)
    city, country, postcode, street, prefix = _place(zh, rng)
    if firm:
        city, country, postcode = firm.city, firm.country, firm.postcode
    local = f"kehu{number:03d}" if zh else name.lower().replace(" ", ".").translate(_PLAIN)
    host = (
        firm.email.partition("@")[2]
        if firm
        else rng.choice(("mail.example", "post.example", "home.example", "qmail.example"))
    )
    position = rng.choice(_ZH_POSITIONS if zh else _POSITIONS) if firm else None
    return Buyer(
        name, f"{local}@{host}", _phone(prefix, number), "zh" if zh else "en", city, country,
        f"{street} {rng.randint(1, 120)}", postcode, False, firm.name if firm else None, position,
    )  # fmt: skip


def _name(zh: bool, rng: random.Random, taken: set[str]) -> str:
    while True:
        name = rng.choice(_ZH_FAMILY) + rng.choice(_ZH_GIVEN) if zh else f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        if name not in taken:
            taken.add(name)
            return name


def _place(zh: bool, rng: random.Random) -> tuple[str, str, str, str, str]:
    if zh:
        city, postcode, street, prefix = rng.choice(_ZH_PLACES)
        return city, "CN", postcode, street, prefix
    return rng.choice(_PLACES)


def _phone(prefix: str, number: int) -> str:
    return f"{prefix}{number:04d}"


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "á": "a", "é": "e", "ø": "o", "å": "a", "í": "i", "ó": "o"})
