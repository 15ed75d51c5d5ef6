"""An administrator brings in the shop's files in a real browser, as a new user would, in either language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.extensions import db
from tests import factories
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

OpenDesk = Callable[[Agent], Page]
CUSTOMERS = "Customer no;Name;E-mail;Nickname\nC-1;Greta Lindqvist;greta@lindqvist.example;G\nC-2;Bo;bo@;B\n"
ORDERS = (
    "订单号,客户编号,下单日期,币种,商品名称,数量,单价\n"
    "SO-1,C-1,2026年1月10日,EUR,滤芯,2,19.90\nSO-1,C-1,2026年1月10日,EUR,风扇,1,49.00\n"
)


def _root(language: str) -> Agent:
    root = accounts.find("root@norra.example") or factories.root()
    root.language = language
    db.session.commit()
    return root


def _upload(page: Page, kind: str, path: Path) -> None:
    page.goto("/admin/imports")
    page.locator("select[name=kind]").select_option(kind)
    page.locator("input[type=file]").set_input_files(path)
    page.locator("form.panel button.button-primary").click()


def test_from_a_file_to_customers_with_a_reason_for_each_row_left_out(
    site: Site, open_desk: OpenDesk, tmp_path: Path
) -> None:
    page = open_desk(_root("en"))
    path = tmp_path / "shop.csv"
    path.write_text(CUSTOMERS)
    _upload(page, "customers", path)
    expect(page.get_by_label("What “E-mail” holds")).to_have_value("emails")
    expect(page.get_by_label("What “Nickname” holds")).to_have_value("")
    expect(page.get_by_text("Greta Lindqvist")).to_be_visible()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("is not an e-mail address")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them").click()
    assert "bo@" in Path(download.value.path()).read_text("utf-8-sig")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("Imported, some rows left out")).to_be_visible()
    page.goto("/desk/customers?q=Lindqvist")
    expect(page.get_by_role("link", name=re.compile("Greta Lindqvist")).first).to_be_visible()


def test_orders_in_chinese(site: Site, open_desk: OpenDesk, tmp_path: Path) -> None:
    page = open_desk(_root("zh_Hans_CN"))
    path = tmp_path / "订单.csv"
    path.write_bytes(ORDERS.encode("gb18030"))
    _upload(page, "orders", path)
    expect(page.locator("select[name=column-0]")).to_have_value("external_id")
    expect(page.locator("select[name=column-4]")).to_have_value("lines.title")
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("button", name="导入 2 行").click()
    expect(page.get_by_text("已导入", exact=True)).to_be_visible()
