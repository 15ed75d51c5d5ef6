"""What the demo's buyers are called and where they live. All of it is invented.

Phone numbers come from ranges that no carrier hands out; every mail domain ends in .example.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST = (
    "Bo Tomás Ines Henrik Petra Yuki Olu Ruth Samir Jana Marta Finn Clara Hugo Elif Mateo Freya Noah Ida Emil Leonie Paul "
    "Sofia Anton Lina Oskar Amira Jakob Nele Viktor Rosa Theo Marie Lars Chiara Milan Astrid David Helena Karim Zofia Ben Aino"
).split()
LAST = (
    "Andersen Ferreira Moreau Aalto Holm Tanabe Adeyemi Okafor Aziz Weiss Kowalska Berg Fischer Rossi Yilmaz Garcia "
    "Nielsen Schuster Dupont Brandl Kranz Novak Silva Jansen Meyer Conti Laine Hoffmann Petit Bauer Larsen Vogel Costa Keller"
).split()
ZH_FAMILY = "李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
ZH_GIVEN = (
    "静怡 建国 晓梅 一鸣 小波 如意 雅琴 子轩 美玲 志强 丽华 浩然 欣妍 国栋 雨桐 明杰 秀英 俊杰 思远 婉婷 文博 佳琪 海燕 宇航 晨曦 "
    "玉兰 振华 梦瑶 立新 春梅"
).split()


@dataclass(frozen=True, slots=True)
class Place:
    """A city, a street in it, a phone prefix nobody has, and the region that the firm counts it to."""

    city: str
    country: str
    postcode: str
    street: str
    prefix: str
    region: str


PLACES = (
    Place("Hamburg", "DE", "22301", "Sierichstraße", "+4940555", "North"),
    Place("München", "DE", "80331", "Sendlinger Straße", "+4989555", "South"),
    Place("Stockholm", "SE", "11122", "Vasagatan", "+468555", "North"),
    Place("København", "DK", "1250", "Bredgade", "+453355", "North"),
    Place("Lyon", "FR", "69002", "Rue Mercière", "+3345550", "South"),
    Place("Lisboa", "PT", "1200-195", "Rua da Rosa", "+35121555", "South"),
    Place("Kraków", "PL", "31-002", "ulica Grodzka", "+4812555", "East"),
    Place("Manchester", "GB", "M1 4BT", "Portland Street", "+44161555", "West"),
    Place("Torino", "IT", "10122", "Via Garibaldi", "+39011555", "South"),
    Place("Utrecht", "NL", "3511", "Oudegracht", "+3130555", "West"),
)
ZH_PLACES = (
    Place("上海", "CN", "200040", "南京西路", "+862155", "华东"),
    Place("北京", "CN", "100020", "建国门外大街", "+861055", "华北"),
    Place("杭州", "CN", "310006", "延安路", "+865715", "华东"),
    Place("广州", "CN", "510030", "北京路", "+862055", "华南"),
    Place("成都", "CN", "610021", "春熙路", "+862855", "西南"),
    Place("青岛", "CN", "266071", "香港中路", "+865325", "华东"),
)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that buys: what it is, and how its purchases go (see `sales`)."""

    name: str
    industry: str
    nature: str
    scale: str
    business: str
    trend: str = "steady"  # steady, rising, falling, narrow (one line of products only), great


PRIVATE, PUBLIC, CHARITY, FOREIGN = "Private 民营", "Public 国有", "Non-profit 非营利", "Foreign-funded 外资"
STAY, EAT, LIVE, TEACH, CARE, WORK = (
    "Hotels 酒店", "Restaurants 餐饮", "Housing 住宅物业", "Education 教育", "Care 医疗养老", "Offices 办公",
)  # fmt: skip
FIRMS = (
    Firm("Hotel Sonne GmbH", STAY, PRIVATE, "50–100", "Two hotels with 140 rooms and a terrace restaurant", "great"),
    Firm("Café Kranz", EAT, PRIVATE, "under 10", "Coffee house and bakery", "narrow"),
    Firm("Stadtwerke Elbtal", WORK, PUBLIC, "over 500", "Municipal utility with 11 tea kitchens", "falling"),
    Firm("Residenz am Park GmbH", CARE, PRIVATE, "100–500", "Residence for the elderly, 90 flats", "great"),
    Firm("Bäckerei Holm", EAT, PRIVATE, "10–50", "Bakery with six shops", "narrow"),
    Firm("Kantine Nord eG", EAT, CHARITY, "10–50", "Canteens of four schools", "rising"),
    Firm("Studio Aalto Oy", WORK, PRIVATE, "under 10", "Architects of kitchens"),
    Firm("Ferreira & Filhos Lda", LIVE, PRIVATE, "10–50", "Lets 60 holiday flats", "rising"),
    Firm("Pension Alpenblick", STAY, PRIVATE, "under 10", "Guesthouse with 18 rooms"),
    Firm("Maison Petit SARL", EAT, PRIVATE, "10–50", "Restaurant and cooking school", "falling"),
    Firm("Brauhaus Keller KG", EAT, PRIVATE, "10–50", "Brewery tavern", "narrow"),
    Firm("Kita Regenbogen e.V.", TEACH, CHARITY, "10–50", "Day-care centre with its own kitchen"),
    Firm("Larsen Boligudlejning ApS", LIVE, PRIVATE, "10–50", "Lets 220 flats with fitted kitchens", "great"),
    Firm("Trattoria Conti S.r.l.", EAT, PRIVATE, "10–50", "Two restaurants", "falling"),
    Firm("Nordlicht Seniorenwohnen gGmbH", CARE, CHARITY, "100–500", "Three homes for the elderly"),
    Firm("Praxis Dr. Weiss", CARE, PRIVATE, "under 10", "Medical practice"),
    Firm("Campus Living B.V.", LIVE, FOREIGN, "50–100", "Student housing, 480 kitchens", "great"),
    Firm("Silva Hotéis S.A.", STAY, FOREIGN, "100–500", "Four hotels", "rising"),
    Firm("Berg & Partner", WORK, PRIVATE, "10–50", "Law firm"),
    Firm(
        "Donaudampfschifffahrtsgesellschaft Kombüse", EAT, PUBLIC, "100–500", "Galleys of nine river boats", "falling"
    ),
)
ZH_FIRMS = (
    Firm("杭州湖畔酒店", STAY, PRIVATE, "100–500", "湖畔度假酒店，客房 160 间", "great"),
    Firm("蓝山咖啡", EAT, PRIVATE, "10–50", "连锁咖啡馆，门店 8 家", "narrow"),
    Firm("上海青禾公寓管理有限公司", LIVE, FOREIGN, "50–100", "长租公寓，房源 600 套", "great"),
    Firm("成都锦里餐饮有限公司", EAT, PRIVATE, "50–100", "川菜餐厅 5 家", "rising"),
    Firm("青岛海天物业", LIVE, PUBLIC, "100–500", "住宅物业管理", "falling"),
    Firm("北京和风幼儿园", TEACH, PRIVATE, "10–50", "双语幼儿园，自有厨房"),
    Firm("广州南粤酒楼", EAT, PRIVATE, "50–100", "粤菜酒楼 3 家", "falling"),
    Firm("苏州园林民宿", STAY, PRIVATE, "under 10", "精品民宿 2 处", "narrow"),
)
POSITIONS = (  # position, role there
    ("Owner", "Decides"), ("Purchasing", "Buys"), ("Facility manager", "Uses"), ("Accounts payable", "Pays"),
    ("Head of housekeeping", "Uses"), ("Office manager", "Buys"),
)  # fmt: skip
ZH_POSITIONS = (("总经理", "决策人"), ("采购经理", "采购人"), ("后勤主管", "使用人"), ("财务", "付款人"))
REMARKS = (  # education, family, work, interests, personality
    ("Engineer", "Two children", "Runs a workshop", "Sailing", "To the point, likes figures"),
    ("Teacher training", "Lives with her mother", "Teaches chemistry", "Bread baking", "Patient, asks how things work"),
    ("Cook", "Married, three children", "Head cook of a canteen", "Football", "Loud and friendly"),
    ("Architecture", "Single", "Plans kitchens", "Ceramics", "Minds how it looks"),
    ("Commercial school", "Two grown-up sons", "Retired", "Garden", "Prefers the telephone, hears badly"),
    ("Law", "One daughter", "Works from home", "Running", "Wants everything in writing"),
)
ZH_REMARKS = (
    ("本科，机械工程", "已婚，一个孩子", "工程师", "羽毛球", "做事干脆，喜欢看数据"),
    ("师范", "与父母同住", "中学老师", "烘焙", "有耐心，会问原理"),
    ("大专，烹饪", "已婚，两个孩子", "开小餐馆", "钓鱼", "爽快，嗓门大"),
    ("建筑学硕士", "未婚", "室内设计师", "摄影", "在意外观"),
    ("高中", "子女在外地", "退休", "养花", "习惯打电话，听力不太好"),
)
