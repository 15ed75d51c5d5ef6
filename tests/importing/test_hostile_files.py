"""Files that are not what they should be: one sentence each, one reason per row, and never an error of ours."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.customers.models import Customer
from contact_center.errors import Unreadable
from contact_center.extensions import db
from contact_center.importing import runs, workbooks
from contact_center.importing.kinds import KINDS
from tests.importing.conftest import BringIn, figures, reasons

HEAD = "Customer no,Name\n"


def look(tmp_path: Path, content: bytes, name: str = "file.csv") -> None:
    path = tmp_path / name
    path.write_bytes(content)
    runs.open_run(KINDS["customers"], runs.source_at(path), None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\n\n  \n", "This file is empty."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "This is an Excel file of the old kind"),
        (b"%PDF-1.7\n", "neither a CSV file nor an Excel workbook"),
        (bytes(range(256)) * 40, "neither a CSV file nor an Excel workbook"),
        (random.Random(1).randbytes(4096), "neither a CSV file nor an Excel workbook"),
        (b"PK\x03\x04 nonsense", "This file is damaged"),
        ((",".join(f"c{n}" for n in range(10_000)) + "\n").encode(), "This file has 10000 columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_one_sentence(
    app: Flask, tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        look(tmp_path, content)
    assert sentence in refused.value.sentence


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ((HEAD + "C-1,王小明\n").encode("utf-8-sig"), "王小明"),
        ((HEAD + "C-1,王小明\n").encode("utf-16"), "王小明"),
        ((HEAD + "C-1,王小明\n" * 1).encode("gb18030"), "王小明"),
        ((HEAD + "C-1,Müller & Söhne\n").encode("cp1252"), "Müller & Söhne"),
        ((HEAD.replace(",", "\t") + "C-1\tGreta\n").encode(), "Greta"),
        ((HEAD.replace(",", ";") + "C-1;Greta, Gerd\n").encode(), "Greta, Gerd"),
        ((HEAD + 'C-1,"Greta\nLindqvist"\n').encode(), "Greta Lindqvist"),
        ((HEAD + 'C-1,"Greta ""G"" L"\n').replace("\n", "\r\n").encode(), 'Greta "G" L'),
        ((HEAD + "C-1,Greta\n").replace("\n", "\r").encode(), "Greta"),
    ],
)
def test_it_reads_every_encoding_and_separator_that_people_save(bring_in: BringIn, content: bytes, name: str) -> None:
    assert figures(bring_in("customers", content)) == (1, 0, 0, 0)
    assert db.session.scalars(select(Customer.name)).one() == name


def test_rows_that_cannot_be_read_have_a_reason_and_the_rest_goes_in(bring_in: BringIn) -> None:
    lines = [
        b"C-1,Greta", b"C-2,Bo,and,more", b',"no number"', b'C-3,"never closed', b"C-4,Anna",
        b"C-5," + b"x" * 300, b"C-6,\x00Otto", b"C-7", b"C-8,Ru\xffdi",
        b"C-9,Zoe",
    ]  # fmt: skip
    run = bring_in("customers", HEAD.encode() + "C-0,Jörg\n".encode() + b"\n".join(lines) + b"\n", encoding="utf-8-sig")
    told = reasons(run)
    assert "separator inside of a value" in told[4][1]
    assert told[5][1] == "The number is missing."
    assert "never closed" in told[6][1]
    assert "too long" in told[8][1]
    assert told[10][1] == "A customer needs a name."
    assert "not UTF-8" in told[11][1]
    assert figures(run) == (5, 0, 0, 6)


def test_a_quotation_mark_that_nobody_closes_costs_one_row_of_many(bring_in: BringIn) -> None:
    rows = [f"C-{n},Customer {n}" for n in range(3000)]
    rows[10] = 'C-10,"Customer 10'
    run = bring_in("customers", HEAD + "\n".join(rows) + "\n")
    assert figures(run) == (2999, 0, 0, 1)
    assert list(reasons(run)) == [12]


def test_a_number_without_end_is_no_order(bring_in: BringIn) -> None:
    file = "Order no,Customer,Order date,Currency,Item,Qty,Unit price\n" + "SO-1,C-1,2026-01-01,EUR,Filter,1,5\n" * 2500
    factories_customer = bring_in("customers", HEAD + "C-1,Greta\n")
    assert factories_customer.created == 1
    run = bring_in("orders", file)
    assert run.rows == 2500
    assert run.created == 0
    assert run.bad + run.same == 2500


def _workbook(sheet: str, shared: str = "", styles: str = "", **more: str) -> bytes:
    """A workbook made by hand, to hold what no program writes."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet.replace("<worksheet>", f"<worksheet {main}>"),
        "xl/sharedStrings.xml": shared or f"<sst {main}/>",
        "xl/styles.xml": styles or f"<styleSheet {main}/>",
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _rows(*rows: str) -> str:
    return "<worksheet><sheetData>" + "".join(rows) + "</sheetData></worksheet>"


def test_it_reads_a_workbook_with_shared_texts_dates_and_holes(bring_in: BringIn) -> None:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    texts = ("Customer no", "Name", "Birthday", "About", "王<rPh/>小明")
    shared = f"<sst {main}>" + "".join(f"<si><t>{text}</t></si>" for text in texts[:4])
    shared += "<si><r><t>王</t></r><rPh><t>wang</t></rPh><r><t>小明</t></r></si></sst>"
    styles = f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    head = "".join(f'<c r="{"ABCD"[n]}1" t="s"><v>{n}</v></c>' for n in range(4))
    body = '<c r="A3" t="inlineStr"><is><t>C-1</t></is></c><c r="B3" t="s"><v>4</v></c><c r="C3" s="1"><v>30750</v></c>'
    body += '<c r="D3"><f>1+1</f><v>4.6705550184E10</v></c>'
    run = bring_in(
        "customers",
        _workbook(_rows(f'<row r="1">{head}</row>', f'<row r="3">{body}</row>'), shared, styles),
        name="c.xlsx",
    )
    assert figures(run) == (1, 0, 0, 0)
    customer = db.session.scalars(select(Customer)).one()
    assert (customer.name, str(customer.birthday), customer.about) == ("王小明", "1984-03-09", "46705550184")


@pytest.mark.parametrize(
    "sheet",
    [
        _rows("<row><c t='s'><v>99999</v></c></row>"),
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"
        + _rows("<row><c t='str'><v>&b;</v></c></row>"),
        "<worksheet><sheetData><row><c><v>1</v></row>",
        "nonsense",
    ],
)
def test_a_damaged_or_dangerous_workbook_is_refused(app: Flask, tmp_path: Path, sheet: str) -> None:
    with pytest.raises(Unreadable):
        look(tmp_path, _workbook(sheet), "file.xlsx")


def test_a_workbook_that_unpacks_without_end_is_refused(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_RATIO_FREE", 1024 * 1024)
    with pytest.raises(Unreadable) as refused:
        look(tmp_path, _workbook("<worksheet>" + " " * 40_000_000 + "</worksheet>"), "file.xlsx")
    assert "unpacks to more" in refused.value.sentence


def test_an_archive_that_is_no_workbook_is_refused(app: Flask, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "hello")
    with pytest.raises(Unreadable, match="neither"):
        look(tmp_path, out.getvalue(), "file.xlsx")


def test_a_nul_in_a_header_or_a_wrong_cell_breaks_nothing(bring_in: BringIn) -> None:
    rows = "".join(f"C-{n},Customer {n},\n" for n in range(50)) + "C-99,Zoe,ne\0ver\n"
    run = bring_in("customers", "Customer no,Name,Birthday,Oth\0er\n" + rows)
    assert figures(run) == (50, 0, 0, 1)
    assert run.headers[3] == "Oth er"
    assert reasons(run)[52] == ("Birthday", "“never” is not a date. Write it like 2026-01-31.")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_five_megabytes_costs_one_row_and_moves_no_line(bring_in: BringIn, quote: str) -> None:
    large = quote + "x" * 5_000_000 + quote
    run = bring_in("customers", f"Customer no,Name,Birthday\nC-1,Greta,{large}\nC-2,Bo,\n{large},Zoe,\nC-4,Ann,never\n")
    assert run.created == 1
    assert [(line, why[1][:21]) for line, why in reasons(run).items()] == [
        (2, "This line is too long"), (4, "This line is too long"), (5, "“never” is not a date"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["9" * 25, "1" * 5000, "0", "-5", "٣"])
def test_a_workbook_that_counts_its_rows_oddly_is_read(bring_in: BringIn, number: str) -> None:
    head = "".join(f'<c t="str"><v>{word}</v></c>' for word in ("Customer no", "Name", "Birthday"))
    row = "".join(f'<c t="str"><v>{word}</v></c>' for word in ("C-1", "Greta", "never"))
    run = bring_in(
        "customers", _workbook(_rows(f'<row r="1">{head}</row>', f'<row r="{number}">{row}</row>')), name="c.xlsx"
    )
    assert figures(run) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "kept"), [("x" * 251 + ".csv", "x" * 116 + ".csv"), ("\u202egpj.csv", "gpj.csv"), ("a\nb.csv", "a b.csv")]
)
def test_a_file_may_have_any_name(app: Flask, tmp_path: Path, name: str, kept: str) -> None:
    path = tmp_path / name
    path.write_text(HEAD + "C-1,Greta\n")
    assert runs.open_run(KINDS["customers"], runs.source_at(path), None).name == kept


def test_what_cannot_be_an_order_has_its_reason_in_its_column(bring_in: BringIn) -> None:
    bring_in("customers", HEAD + "C-1,Greta\n")
    wrong = {
        "S-1,C-1,2026-01-01,EUR,F,1,-5": ("Unit price", "negative"),
        "S-2,C-1,2026-02-30,EUR,F,1,5": ("Order date", "no such day"),
        "S-3,C-1,9999-01-01,EUR,F,1,5": ("Order date", "no such day"),
        "S-4,C-1,2026-01-01,EUR,F,99999999999,99999999999": ("Item", "more than can be kept"),
        "S-5,C-1,2026-01-01,EUR,F,1000000000000,1": ("Qty", "more than can be kept"),
        "S-6,C-1,2026-01-01,XXY,F,1,5": ("Currency", "three letters"),
        "S-7,C-1,2026-01-01,EUR,F,1e5,5": ("Qty", "not a number"),
        "S-8,C-9,2026-01-01,EUR,F,1,5": ("Customer", "No customer"),
    }
    right = ["S-9,C-1,2026-01-01,EUR,=1+1,1,5", "S-10,C-1,2026-01-01,EUR,F,1,5", "S-10,C-1,2026-01-01,EUR,F,1,5"]
    mixed = ["S-11,C-1,2026-01-01,EUR,F,1,5", "S-11,C-1,2026-01-01,CNY,G,1,5"]
    run = bring_in(
        "orders", "Order no,Customer,Order date,Currency,Item,Qty,Unit price\n" + "\n".join([*wrong, *mixed, *right])
    )
    told = reasons(run)
    for line, (column, words) in enumerate(wrong.values(), 2):
        assert (told[line][0], words in told[line][1]) == (column, True), told[line]
    assert told[11] == ("Currency", "This differs from the first row with the same number.")
    assert (run.created, run.bad) == (3, 10)
