"""What customers own, and what they are entitled to: assets and service contracts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from contact_center.entitlements import assets, contracts
from contact_center.importing.fields import Field, Kind
from contact_center.importing.kinds.shared import CUSTOMER, LONGEST_NUMBER, ORDER, number
from contact_center.importing.types import Choice, Currency, Day, Number, Text, Texts, Whole

# fmt: off
_HOURS = {
    "24/7": "24x7", "24x7": "24x7", "24×7": "24x7", "7x24": "24x7", "7×24": "24x7", "always": "24x7", "全天": "24x7", "全天候": "24x7",
    "business": "working", "business hours": "working", "office hours": "working", "8x5": "working", "5x8": "working", "working": "working",
    "werktags": "working", "工作时间": "working", "工作日": "working",
}

ASSETS = Kind(
    "assets",
    "entitlements",
    _("Assets"),
    (
        number(_("Asset number"), "A-55012", "asset", "asset no", "asset id", "device id", "gerätenummer", "资产编号", "设备编号"),
        CUSTOMER,
        Field("product", Text(LONGEST_NUMBER), _("Product number"), ("product", "sku", "artikelnummer", "产品编号", "商品编号"), example="NK-200"),
        Field("serial", Text(100), _("Serial number"), ("serial", "serial no", "s/n", "sn", "seriennummer", "序列号"), example="7F-2209-114"),
        Field("name", Text(200), pgettext("asset", "Name"), ("device", "asset name", "description", "gerät", "设备名称", "资产名称", "名称"), example="Heat pump in the cellar",
              about=_("The product's name unless said.")),
        Field("model", Text(100), _("Model"), ("modell", "型号"), example="NK-200-EU"),
        ORDER,
        Field("bought_on", Day(), _("Bought on"), ("purchase date", "bought", "purchased", "kaufdatum", "购买日期", "购机日期"), example="2026-01-14"),
        Field("warranty_until", Day(), _("Warranty until"), ("warranty", "warranty end", "warranty expires", "garantie bis", "garantieende", "保修到期", "保修截止", "质保到期"), example="2028-01-14"),
        Field("installed_on", Day(), _("Installed on"), ("installed", "installation date", "einbaudatum", "安装日期"), example="2026-01-20"),
        Field("place", Text(200), _("Installed at"), ("location", "site", "place", "standort", "安装地点", "安装位置"), example="Storgatan 5, cellar"),
        Field("retired_on", Day(), _("Out of use since"), ("retired", "scrapped on", "außer betrieb", "报废日期", "停用日期"), example="2031-05-01"),
    ),
    lambda rows, by: assets.put_many(rows, by=by),
)

CONTRACTS = Kind(
    "contracts",
    "entitlements",
    _("Service contracts"),
    (
        number(_("Contract number"), "SC-204", "contract", "contract no", "contract id", "vertragsnummer", "合同号", "合同编号", "合约编号"),
        CUSTOMER,
        Field("name", Text(200), pgettext("contract", "Name"), ("contract name", "plan", "vertrag", "合同名称", "合约名称", "名称"), needed=True, example="Care Plus"),
        Field("valid_from", Day(), _("Valid from"), ("start", "start date", "begins", "from", "beginn", "gültig ab", "开始日期", "生效日期"), needed=True, example="2026-01-01"),
        Field("valid_until", Day(), _("Valid until"), ("end", "end date", "expires", "until", "ende", "gültig bis", "结束日期", "到期日期", "到期日"), needed=True, example="2026-12-31"),
        Field("hours", Choice(("working", "24x7"), _HOURS), _("Hours"), ("service hours", "servicezeit", "服务时间"), example="24x7",
              about=_("When the promised times run: working or 24x7.")),
        Field("response_minutes", Whole(1, 1_000_000), _("Response within, minutes"), ("response minutes", "response time", "response", "reaktionszeit", "响应时间", "响应分钟"), example="60"),
        Field("resolution_minutes", Whole(1, 1_000_000), _("Resolution within, minutes"), ("resolution minutes", "resolution time", "resolution", "lösungszeit", "解决时间", "解决分钟"), example="1440"),
        Field("visits_included", Whole(0, 100_000), _("Visits included"), ("visits", "einsätze", "上门次数", "包含上门次数"), example="4", about=_("As many as needed unless said.")),
        Field("visits_used", Whole(0, 100_000), _("Visits used"), ("used visits", "已用次数", "已上门次数"), example="1"),
        Field("kinds", Texts(60, 20), _("Kinds of request"), ("covers", "coverage", "kinds", "覆盖范围", "服务类型"), example="REPAIR", about=_("All kinds unless said.")),
        Field("fee", Number(2), _("Fee"), ("price", "amount", "gebühr", "费用", "合同金额"), example="349.00"),
        Field("currency", Currency(), _("Currency"), ("currency code", "währung", "币种", "货币"), example="EUR"),
        Field("assets", Texts(LONGEST_NUMBER, 500), _("Asset numbers"), ("assets", "devices", "covered assets", "geräte", "资产编号", "设备编号"), example="A-55012", about=_("All assets of the customer unless said.")),
        Field("cancelled_on", Day(), _("Cancelled on"), ("cancelled", "terminated", "gekündigt am", "取消日期", "终止日期"), example="2026-06-30"),
    ),
    lambda rows, by: contracts.put_many(rows, by=by),
)
# fmt: on
