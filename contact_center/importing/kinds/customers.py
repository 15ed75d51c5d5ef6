"""Customers: persons and companies, how to reach them, and the fields that this firm has defined."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from contact_center.customers import custom, records
from contact_center.customers.models import FieldKind
from contact_center.importing.fields import Field, Kind
from contact_center.importing.kinds.shared import LONGEST_NUMBER, number
from contact_center.importing.types import Choice, Day, Number, Text, Texts, Type, YesNo

# fmt: off
_KINDS = {
    "private": "PERSON", "individual": "PERSON", "contact": "PERSON", "mr": "PERSON", "ms": "PERSON", "privat": "PERSON", "个人": "PERSON",
    "business": "COMPANY", "organisation": "COMPANY", "organization": "COMPANY", "firma": "COMPANY", "geschäftlich": "COMPANY",
    "公司": "COMPANY", "企业": "COMPANY", "单位": "COMPANY",
}
_STATUSES = {
    "lead": "PROSPECT", "interessent": "PROSPECT", "潜在": "PROSPECT", "潜在客户": "PROSPECT", "current": "ACTIVE", "customer": "ACTIVE", "aktiv": "ACTIVE",
    "现有": "ACTIVE", "活跃": "ACTIVE", "正式客户": "ACTIVE", "inactive": "FORMER", "lost": "FORMER", "ehemalig": "FORMER", "流失": "FORMER", "以往": "FORMER",
    "历史客户": "FORMER",
}
_LONG = Text(2000, several_lines=True)

_FIELDS = (
    number(_("Customer number"), "C-1001", "customer no", "customer id", "client id", "account number", "kundennummer", "kunden-nr", "客户编号", "客户号", "会员号"),
    Field("name", Text(200), pgettext("customer", "Name"), ("full name", "customer name", "company name", "display name", "kunde", "firma", "客户名称", "客户姓名", "姓名", "名称", "公司名称"), needed=True, example="Greta Lindqvist"),
    Field("kind", Choice(("PERSON", "COMPANY"), _KINDS), _("Person or company"), ("type", "customer type", "kind", "typ", "kundentyp", "客户类型", "类型", "客户性质"), example="PERSON"),
    Field("status", Choice(("PROSPECT", "ACTIVE", "FORMER"), _STATUSES), _("Status"), ("state", "customer status", "客户状态", "状态"), example="ACTIVE"),
    Field("emails", Texts(320, 20), _("E-mail"), ("email", "e-mail", "email address", "e-mail address", "emails", "e-mail 2", "email 2", "mail", "邮箱", "电子邮件", "电子邮箱"), example="greta@lindqvist.example"),
    Field("phones", Texts(60, 20), _("Phone"), ("telephone", "phone number", "mobile", "mobile phone", "cell", "phone 2", "telefon", "handy", "mobil", "电话", "手机", "手机号", "手机号码", "联系电话", "座机"), example="+46 70 555 01 84"),
    Field("company", Text(LONGEST_NUMBER), _("Number of their company"), ("company", "company number", "company id", "firmennummer", "所属公司", "公司编号", "单位编号"), example="C-2000",
          about=_("Makes a person a contact person of that company.")),
    Field("position", Text(100), _("Position"), ("job title", "title", "職位", "职位", "职务"), example="Head of purchasing"),
    Field("role", Text(100), _("Role there"), ("contact role", "角色", "联系人角色"), example="Decides"),
    Field("language", Text(20), _("Language"), ("locale", "sprache", "语言"), example="en"),
    Field("time_zone", Text(64), _("Time zone"), ("timezone", "zeitzone", "时区"), example="Europe/Stockholm"),
    Field("street", Text(200), _("Street"), ("address", "street address", "address 1", "straße", "strasse", "adresse", "地址", "街道", "详细地址"), example="Storgatan 5"),
    Field("postcode", Text(20), _("Postcode"), ("zip", "zip code", "postal code", "plz", "postleitzahl", "邮编", "邮政编码"), example="211 42"),
    Field("city", Text(100), _("City"), ("town", "ort", "stadt", "城市", "市"), example="Malmö"),
    Field("country", Text(100), _("Country"), ("country code", "land", "国家", "国家/地区"), example="SE"),
    Field("region", Text(100), _("Region"), ("sales region", "territory", "gebiet", "地区", "区域", "大区"), example="North"),
    Field("owner", Text(320), _("Owner"), ("account manager", "owner email", "responsible", "betreuer", "负责人", "客户经理"), example="ada@norra.example",
          about=_("The e-mail address of the agent who looks after them.")),
    Field("about", Text(20_000, several_lines=True), _("About"), ("notes", "note", "remarks", "comment", "notiz", "bemerkung", "备注", "说明"), example="Prefers e-mail"),
    Field("nature", Text(100), _("Nature"), ("legal form", "ownership", "rechtsform", "性质", "企业性质", "公司性质"), example="private"),
    Field("industry", Text(100), _("Industry"), ("sector", "branch", "branche", "行业", "所属行业"), example="Hotels"),
    Field("scale", Text(100), _("Size"), ("company size", "employees", "scale", "größe", "规模", "企业规模", "员工人数"), example="50–100"),
    Field("business", _LONG, _("Business"), ("line of business", "geschäftsfeld", "主营业务", "经营范围"), example="Runs six hotels"),
    Field("bank_account", Text(100), _("Bank account"), ("iban", "account", "bankverbindung", "银行账号", "银行账户"), example="SE35 5000 0000 0549 1000 0003"),
    Field("birthday", Day(), _("Birthday"), ("date of birth", "born", "geburtsdatum", "geburtstag", "生日", "出生日期"), example="1984-03-09"),
    Field("education", _LONG, _("Education"), ("ausbildung", "教育背景", "学历"), example="Engineer"),
    Field("family", _LONG, _("Family"), ("familie", "家庭", "家庭情况"), example="Two children"),
    Field("work", _LONG, _("Work"), ("occupation", "profession", "beruf", "职业", "工作", "工作情况"), example="Architect"),
    Field("interests", _LONG, _("Interests"), ("hobbies", "interessen", "兴趣", "爱好", "兴趣爱好"), example="Sailing"),
    Field("personality", _LONG, _("Personality"), ("persönlichkeit", "性格", "个性"), example="To the point"),
)
# fmt: on


def _own_fields() -> tuple[Field, ...]:
    """The fields that this firm has defined, each after its kind."""
    return tuple(
        Field(
            custom.PREFIX + row.key,
            _type(row.kind, tuple(row.choices)),
            custom.label(row),
            (row.key, row.label, *([row.label_zh] if row.label_zh else [])),
        )
        for row in custom.active().values()
    )


def _type(kind: FieldKind, choices: tuple[str, ...]) -> Type:
    if kind is FieldKind.CHOICE:
        return Choice(choices, {choice.casefold(): choice for choice in choices})
    types: dict[FieldKind, Type] = {
        FieldKind.NUMBER: Number(6, least=None),
        FieldKind.DATE: Day(),
        FieldKind.YES_NO: YesNo(),
    }
    return types.get(kind, Text(custom.MAX_TEXT))


CUSTOMERS = Kind("customers", "customers", _("Customers"), _FIELDS, records.put_many, more_fields=_own_fields)
