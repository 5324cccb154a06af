"""What is counted of the code, on small made-up trees with exact answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import ROOT
from scripts.house import figures
from scripts.house.decodes import decodes
from scripts.house.duplicates import duplicate_blocks
from scripts.house.measure import TreeFigures, measured, table
from scripts.house.tree import Source, sources


def tree(folder: Path, **files: str) -> list[Source]:
    """Write modules, named with `__` for a slash, and return them as they are measured."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return sources(folder)


def test_rooms_and_loose_modules(tmp_path: Path) -> None:
    modules = tree(tmp_path, vision__a="", vision__faces__b="", vision__faces__inner__c="", candidates__d="")
    (tmp_path / "vision/__init__.py").write_text("")
    assert figures.rooms(modules) == {"vision": 1, "vision/faces": 2, "candidates": 1}
    assert figures.loose_modules(sources(tmp_path)) == 1, "the package itself is not loose"


def test_dict_annotations(tmp_path: Path) -> None:
    text = "def f(a: dict[str, Any], b: list[Mapping[str, Any]]) -> dict[str, int]: ..."
    assert figures.dict_annotations(tree(tmp_path, vision__a=text)) == 2


def test_suppressions_are_comments(tmp_path: Path) -> None:
    text = 'a = 1  # noqa: E501\nb = 2  # type: ignore[assignment]\nc = "# noqa"\n'
    assert figures.suppressions(tree(tmp_path, vision__a=text)) == 2


@pytest.mark.parametrize(
    ("code", "count"),
    [
        pytest.param('f("Foto tidak ada.", "There is no photo.")', 1, id="arguments"),
        pytest.param('x = (f"{n} foto yang rusak", f"{n} photos that are broken")', 1, id="a tuple of f-strings"),
        pytest.param('x = "Wajah ini" if a else "This face is known"', 1, id="a condition"),
        pytest.param('f(title_id="a", title_en="b")', 1, id="named arguments"),
        pytest.param('x = {"id": {"a": "1", "b": "2"}, "en": {"a": "3", "b": "4"}}', 2, id="a table of two texts"),
        pytest.param('x = {"id": "Ya", "en": "Yes"}', 1, id="a table of one text"),
        pytest.param('f("There is no photo.", "It is not there.")', 0, id="one language"),
        pytest.param('f(sid="a", men="b")', 0, id="names that only end alike"),
        pytest.param('x = ["id", "en"]', 0, id="names of languages"),
    ],
)
def test_language_pairs(tmp_path: Path, code: str, count: int) -> None:
    assert len(figures.language_pairs(tree(tmp_path, vision__a=code))) == count


def test_the_longest_chain_goes_by_what_is_imported_at_import(tmp_path: Path) -> None:
    modules = tree(
        tmp_path,
        vision__a="from . import b\ndef f():\n    import vision.d\n",
        vision__b="from vision.c import name\nif TYPE_CHECKING:\n    import vision.d\n",
        vision__c="",
        vision__d="",
    )
    assert figures.longest_chain(modules) == ["vision.a", "vision.b", "vision.c"]


def test_a_circle_is_no_chain(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="circle"):
        figures.longest_chain(tree(tmp_path, vision__a="import vision.b", vision__b="import vision.a"))


def test_duplicate_blocks(tmp_path: Path) -> None:
    lines = [f"value_{number} = {number}" for number in range(9)]
    first, second = "\n".join(lines), "x = 0\n\n# a comment\n" + "\n\n".join(lines)
    assert duplicate_blocks(tree(tmp_path, vision__a=first, vision__b="\n".join(lines[:7]))) == []
    found = duplicate_blocks(tree(tmp_path, vision__a=first, vision__b=second))
    assert [(one.module, one.line, one.lines) for one in found] == [("vision.a", 1, 9), ("vision.b", 4, 9)]


def test_two_trees_side_by_side(tmp_path: Path) -> None:
    tree(tmp_path, vision__a="", vision__faces__b="")
    columns: dict[str, TreeFigures] = {"before": measured(tmp_path, {}), "now": measured(tmp_path, {})}
    lines = [line.split() for line in table(columns).splitlines()]
    assert ["modules", "2", "2"] in lines
    assert ["vision/faces", "1", "1"] in lines


@pytest.mark.slow
def test_decodes_of_a_check_are_counted() -> None:
    assert decodes(ROOT, ROOT / "fixtures/photos/collins_peace.jpg") >= 1
    with pytest.raises(RuntimeError):
        decodes(ROOT, ROOT / "fixtures/broken/none.jpg")
