"""Products with their prices and stock, orders with their lines, shipments with the steps of their way."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from contact_center.importing.fields import Field, Kind, Part
from contact_center.importing.kinds import catalogue
from contact_center.importing.kinds.orders_in_full import put_many as put_orders
from contact_center.importing.kinds.shared import CURRENCY, CUSTOMER, LONGEST_NUMBER, ORDER, number
from contact_center.importing.types import Choice, Currency, Day, Instant, Number, Text, Whole, YesNo
from contact_center.orders import shipments

# fmt: off
ORDER_STATES = {
    "new": "PLACED", "open": "PLACED", "pending": "PLACED", "paid": "CONFIRMED", "processing": "CONFIRMED", "neu": "PLACED", "offen": "PLACED",
    "bestätigt": "CONFIRMED", "versandt": "SHIPPED", "versendet": "SHIPPED", "sent": "SHIPPED", "completed": "DELIVERED", "complete": "DELIVERED",
    "geliefert": "DELIVERED", "zugestellt": "DELIVERED", "canceled": "CANCELLED", "storniert": "CANCELLED",
    "已下单": "PLACED", "待付款": "PLACED", "已确认": "CONFIRMED", "已付款": "CONFIRMED", "已发货": "SHIPPED", "已送达": "DELIVERED", "已签收": "DELIVERED",
    "已完成": "DELIVERED", "已取消": "CANCELLED",
}
SHIPMENT_STATES = {
    "label created": "PREPARING", "ready to ship": "PREPARING", "dispatched": "IN_TRANSIT", "delivery failed": "FAILED", "returned to sender": "RETURNED",
    "in transit": "IN_TRANSIT", "on the way": "IN_TRANSIT", "shipped": "IN_TRANSIT", "unterwegs": "IN_TRANSIT", "out for delivery": "OUT_FOR_DELIVERY",
    "in zustellung": "OUT_FOR_DELIVERY", "zugestellt": "DELIVERED", "exception": "FAILED", "lost": "FAILED", "return": "RETURNED", "retoure": "RETURNED",
    "备货中": "PREPARING", "待发货": "PREPARING", "运输中": "IN_TRANSIT", "已发货": "IN_TRANSIT", "派送中": "OUT_FOR_DELIVERY", "派件中": "OUT_FOR_DELIVERY",
    "已签收": "DELIVERED", "已送达": "DELIVERED", "派送失败": "FAILED", "已退回": "RETURNED",
}
_STATE_WORDS = ("PREPARING", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED", "FAILED", "RETURNED")

_PRICES = Part(
    "prices",
    _("Prices"),
    (
        Field("amount", Number(2), _("Price"), ("unit price", "list price", "sales price", "preis", "价格", "单价", "售价"), needed=True, example="1249.00"),
        Field("currency", Currency(), _("Currency of the price"), ("currency", "price currency", "währung", "币种", "货币"), needed=True, example="EUR"),
        Field("list_name", Text(80), _("Price list"), ("list", "pricelist", "preisliste", "价格表", "价目表"), example="Retail"),
        Field("valid_from", Day(), _("Price valid from"), ("valid from", "from", "gültig ab", "生效日期"), example="2026-01-01"),
    ),
    is_apart=True,
)
_STOCK = Part(
    "stock",
    _("Stock"),
    (
        Field("quantity", Number(3), _("In stock"), ("stock", "quantity", "on hand", "inventory", "bestand", "lagerbestand", "库存", "库存数量"), needed=True, example="40"),
        Field("location", Text(80), _("Warehouse"), ("location", "store", "lager", "仓库", "库位"), example="Hamburg"),
        Field("expected_on", Day(), _("More expected on"), ("expected on", "restock", "restock date", "wieder verfügbar", "到货日期", "预计到货"), example="2026-02-15"),
    ),
    is_apart=True,
)

PRODUCTS = Kind(
    "products",
    "orders",
    _("Products"),
    (
        number(_("Product number"), "NK-200", "sku", "product no", "product id", "product", "item number", "article number", "artikelnummer", "产品编号", "商品编号", "货号", "产品号"),
        Field("name", Text(200), pgettext("product", "Name"), ("product name", "title", "bezeichnung", "产品名称", "商品名称", "名称"), needed=True, example="Heat pump NK-200"),
        Field("model", Text(100), _("Model"), ("modell", "型号"), example="NK-200-EU"),
        Field("line", Text(100), _("Product line"), ("line", "category", "group", "family", "produktlinie", "warengruppe", "产品线", "类别", "分类"), example="Heating"),
        Field("specification", Text(20_000, several_lines=True), _("Specification"), ("spec", "specs", "description", "beschreibung", "规格", "规格参数", "描述"), example="8 kW, A+++"),
        Field("defects", Text(20_000, several_lines=True), _("Known defects"), ("defects", "known issues", "bekannte mängel", "已知缺陷", "已知问题"), example="Fan may rattle below −10 °C"),
        Field("unit_cost", Number(2), _("Unit cost"), ("cost", "purchase price", "einkaufspreis", "成本", "单位成本", "成本价"), example="840.00"),
        Field("cost_currency", Currency(), _("Currency of the cost"), ("cost currency", "成本币种"), example="EUR"),
        Field("warranty_months", Whole(0, 1200), _("Warranty in months"), ("warranty", "warranty months", "garantie", "garantiemonate", "保修月数", "质保月数", "保修期"), example="24"),
        Field("is_active", YesNo(), _("Still sold"), ("active", "is active", "aktiv", "在售", "是否在售"), example="yes"),
    ),
    catalogue.put_many,
    parts=(_PRICES, _STOCK),
)

_LINES = Part(
    "lines",
    _("Lines"),
    (
        Field("product", Text(LONGEST_NUMBER), _("Product number"), ("product", "sku", "product id", "item number", "artikelnummer", "产品编号", "商品编号", "货号"), example="NK-200"),
        Field("title", Text(300), _("Item"), ("title", "description", "product name", "item name", "artikel", "bezeichnung", "商品", "商品名称", "产品名称", "品名"), example="Heat pump NK-200",
              about=_("The product's name unless said; needed where no product is named.")),
        Field("quantity", Number(3), _("Quantity"), ("qty", "pieces", "menge", "anzahl", "数量"), needed=True, example="1"),
        Field("unit_price", Number(2), _("Unit price"), ("price", "item price", "einzelpreis", "stückpreis", "单价", "价格"), needed=True, example="1249.00"),
        Field("discount", Number(2), _("Discount on the line"), ("discount", "line discount", "rabatt", "折扣", "优惠金额"), example="0.00"),
        Field("unit_cost", Number(2), _("Unit cost"), ("cost", "einstandspreis", "成本", "单位成本"), example="840.00"),
    ),
)
_TRACKING = Part(
    "tracking",
    _("Steps of the way"),
    (
        Field("at", Instant(), _("When it happened"), ("event time", "event date", "scan time", "时间", "轨迹时间"), needed=True, example="2026-01-14 08:12"),
        Field("state", Choice(_STATE_WORDS, SHIPMENT_STATES), _("State it brought"), ("event state", "event status", "轨迹状态"), needed=True, example="OUT_FOR_DELIVERY"),
        Field("place", Text(200), _("Place"), ("event place", "location", "city", "ort", "地点", "轨迹地点"), example="Hamburg"),
        Field("text", Text(500), _("What happened"), ("event", "event text", "description", "ereignis", "轨迹描述", "描述", "物流信息"), example="On the van"),
    ),
    most=shipments.MOST,
)
_SHIPMENT_FIELDS = (
    number(_("Shipment number"), "00340434161094000017", "tracking number", "tracking no", "tracking id", "shipment", "shipment id", "parcel number", "waybill", "sendungsnummer", "运单号", "快递单号", "物流单号"),
    Field("carrier", Text(100), _("Carrier"), ("shipping company", "courier", "versender", "spediteur", "承运商", "快递公司", "物流公司"), example="DHL"),
    Field("state", Choice(_STATE_WORDS, SHIPMENT_STATES), _("State"), ("status", "shipment state", "sendungsstatus", "状态", "物流状态"), example="IN_TRANSIT"),
    Field("expected_on", Day(), _("Expected on"), ("expected", "eta", "estimated delivery", "zustellung am", "预计送达", "预计到达"), example="2026-01-15"),
    Field("shipped_at", Instant(), _("Shipped"), ("shipped on", "ship date", "dispatched", "versandt am", "发货时间", "发货日期"), example="2026-01-12"),
    Field("delivered_at", Instant(), _("Delivered"), ("delivered on", "delivery date", "zugestellt am", "送达时间", "签收时间", "签收日期"), example="2026-01-14"),
)
# In an order's own file or body: words that mean the order itself there are not taken for its parcels.
_PARCELS = Part(
    "shipments",
    _("Shipments"),
    (
        Field("external_id", Text(LONGEST_NUMBER), _("Tracking number"), ("tracking number", "tracking no", "tracking id", "tracking code", "parcel number", "waybill", "sendungsnummer", "paketnummer", "运单号", "快递单号", "物流单号"), needed=True, example="00340434161094000017",
              about=_("Rows of an order with the same one are one parcel; without one there is no parcel yet.")),
        _SHIPMENT_FIELDS[1],
        Field("state", Choice(_STATE_WORDS, SHIPMENT_STATES), _("Shipment state"), ("shipment status", "delivery status", "tracking status", "sendungsstatus", "物流状态", "配送状态"), example="IN_TRANSIT"),
        Field("expected_on", Day(), _("Expected on"), ("expected", "eta", "estimated delivery", "zustellung am", "预计送达", "预计到达"), example="2026-01-15"),
        Field("shipped_at", Instant(), _("Shipped"), ("shipped on", "ship date", "shipping date", "dispatched", "versandt am", "发货时间", "发货日期"), example="2026-01-12"),
        Field("delivered_at", Instant(), _("Parcel delivered"), ("parcel delivered on", "shipment delivered", "zugestellt am", "包裹签收时间", "签收日期"), example="2026-01-14"),
    ),
    parts=(_TRACKING,),
    key="external_id",
    idle=frozenset({"carrier", "expected_on"}),
    is_apart=True,
)

ORDERS = Kind(
    "orders",
    "orders",
    _("Orders"),
    (
        number(_("Order number"), "SO-7731", "order", "order no", "order id", "sales order", "bestellnummer", "auftragsnummer", "订单号", "订单编号"),
        CUSTOMER,
        CURRENCY,
        Field("placed_at", Instant(), _("Ordered"), ("ordered on", "ordered at", "order date", "placed at", "placed on", "date", "created at", "bestelldatum", "datum", "下单时间", "下单日期", "订单日期", "日期"), needed=True, example="2026-01-10 14:30"),
        Field("state", Choice(("PLACED", "CONFIRMED", "SHIPPED", "DELIVERED", "CANCELLED"), ORDER_STATES), _("State"), ("status", "order status", "bestellstatus", "状态", "订单状态"), example="SHIPPED"),
        Field("total", Number(2), _("Total"), ("order total", "grand total", "gesamtbetrag", "summe", "总计", "订单金额", "订单总额", "总金额"), example="1268.90",
              about=_("What the customer owes. Lines and delivery unless said.")),
        Field("delivery", Number(2), _("Delivery fee"), ("shipping", "shipping fee", "freight", "delivery", "versandkosten", "运费", "配送费"), example="19.90"),
        Field("region", Text(100), _("Region"), ("sales region", "gebiet", "地区", "区域", "大区"), example="North"),
        Field("email", Text(320), _("E-mail of the order"), ("email", "e-mail", "order email", "邮箱", "电子邮件"), example="greta@lindqvist.example",
              about=_("Who knows it and the order number may look the order up.")),
        Field("phone", Text(60), _("Phone of the order"), ("phone", "telephone", "mobile", "telefon", "电话", "手机", "手机号", "联系电话"), example="+46 70 555 01 84"),
        Field("note", Text(2000, several_lines=True), _("Note"), ("comment", "remark", "notiz", "bemerkung", "备注"), example="Ring twice"),
        Field("promised_on", Day(), _("Promised for"), ("promised", "promised on", "delivery promised", "liefertermin", "承诺送达", "约定日期", "交期"), example="2026-01-15"),
        Field("delivered_at", Instant(), _("Delivered"), ("delivered on", "delivered at", "delivery date", "lieferdatum", "送达时间", "签收时间"), example="2026-01-14"),
    ),
    put_orders,
    parts=(_LINES, _PARCELS),
)

SHIPMENTS = Kind(
    "shipments",
    "orders",
    _("Shipments"),
    (_SHIPMENT_FIELDS[0], Field("order", ORDER.type, ORDER.label, ORDER.also, needed=True, example=ORDER.example), *_SHIPMENT_FIELDS[1:]),
    lambda rows, by: shipments.put_many(rows, by=by),
    parts=(_TRACKING,),
)
# fmt: on
