"""Pictures pasted into a spreadsheet are photos of the row's person."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.drawing.image import Image as CellImage
from PIL import Image

from candidates import Gallery, import_workbook


def png(colour: str) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(stream, "PNG")
    stream.seek(0)
    return stream


def with_picture_in_cell(path: Path) -> None:
    """Place the picture of row 2 in cell B2, as Excel 365 writes it."""
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rich = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
    parts = {
        "xl/metadata.xml": f'<metadata xmlns="{main}" xmlns:x="{rich}">'
        '<futureMetadata name="XLRICHVALUE" count="1"><bk>'
        '<extLst><ext uri="x"><x:rvb i="0"/></ext></extLst></bk></futureMetadata><valueMetadata count="1"><bk>'
        '<rc t="1" v="0"/></bk></valueMetadata></metadata>',
        "xl/richData/rdrichvalue.xml": f'<rvData xmlns="{rich}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>',
        "xl/richData/richValueRel.xml": f'<r xmlns="{rich}" xmlns:r="{rels}"><rel r:id="rId1"/></r>',
        "xl/richData/_rels/richValueRel.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{rels}/image" Target="../media/ani.png"/></Relationships>',
    }
    before = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b'<c r="B2"' in data
                start = data.index(b'<c r="B2"')
                end = data.index(b"</c>", start) + 4
                data = data[:start] + b'<c r="B2" t="e" vm="1"><v>#VALUE!</v></c>' + data[end:]
            new.writestr(name, data)
        for name, text in parts.items():
            new.writestr(name, text)
        new.writestr("xl/media/ani.png", png("red").getvalue())


def book(path: Path, **floating: str) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["nama", "foto"], ["Ani", "-"], ["Budi", None], ["Cici", "cici.jpg"]):
        sheet.append(row)
    for cell, colour in floating.items():
        sheet.add_image(CellImage(png(colour)), cell)
    made.save(path)


def test_pictures_over_and_in_cells_are_photos(tmp_path: Path, engine: Any) -> None:
    path = tmp_path / "calon.xlsx"
    book(path, B3="blue", C4="green")
    with_picture_in_cell(path)
    (tmp_path / "cici.jpg").write_bytes(b"cici")
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        report = import_workbook(gallery, path, engine)
        assert (report.added, report.rejected) == (3, 0)
        names = {person.id: [one.photo_name for one in gallery.references(person.id)] for person in gallery.people()}
        assert names == {
            "ani": ["calon-2-1.png"],
            "budi": ["calon-3-1.png"],
            "cici": ["cici.jpg", "calon-4-1.png"],
        }
        assert import_workbook(gallery, path, engine).unchanged == 3
