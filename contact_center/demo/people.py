"""The demo's people who work there, their teams, queues and mailboxes. Names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

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


_HAMBURG, _SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def zone(language: str) -> ZoneInfo:
    """Where those live, customers and colleagues, who read *language*."""
    return _SHANGHAI if language.startswith("zh") else _HAMBURG


_CARE = ("Service e-mail", "Web requests", "Parts and returns", "Invoices")
COLLEAGUES = (
    Colleague("Ada Brandt", f"ada@{DOMAIN}", RoleName.AGENT, TEAMS[:1], _CARE),
    Colleague("Jonas Krüger", f"jonas@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Service e-mail", "Parts and returns")),
    Colleague("Nora Hansen", f"nora@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Service e-mail", "Web requests")),
    Colleague("Luis Moreno", f"luis@{DOMAIN}", RoleName.AGENT, TEAMS[:1], ("Web requests", "Invoices")),
    Colleague("陈悦", f"chenyue@{DOMAIN}", RoleName.AGENT, TEAMS[1:], ("中文客服", "Web requests"), "zh_Hans_CN"),
    Colleague("李伟", f"liwei@{DOMAIN}", RoleName.AGENT, TEAMS[1:], ("中文客服", "Parts and returns"), "zh_Hans_CN"),
    Colleague("Lee Wong", f"lee@{DOMAIN}", RoleName.SUPERVISOR, TEAMS[:1], ()),
    Colleague("王敏", f"wangmin@{DOMAIN}", RoleName.SUPERVISOR, TEAMS, (), "zh_Hans_CN"),
    Colleague("Robin Admin", f"admin@{DOMAIN}", RoleName.ADMINISTRATOR, (), ()),
)
