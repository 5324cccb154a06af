"""What the room offers, and what it must not know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import candidates
from candidates import errors

ROOM = Path(candidates.__file__).parent


def test_public_names() -> None:
    assert candidates.__all__ == [
        "AuditLine",
        "Calibration",
        "Candidate",
        "CandidatesError",
        "Election",
        "Exported",
        "FaceTemplate",
        "Gallery",
        "ImportReport",
        "Index",
        "Match",
        "Reference",
        "Relation",
        "Role",
        "RowReport",
        "Scope",
        "Strength",
        "Summary",
        "ballot_holders",
        "export",
        "import_archive",
        "import_folder",
        "import_source",
        "import_table",
        "import_workbook",
        "in_scope",
        "register",
    ]
    assert all(getattr(candidates, name) is not None for name in candidates.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        candidates.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix())
def test_no_arrow_back_up(module: Path) -> None:
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    allowed = {*sys.stdlib_module_names, "candidates", "numpy", "onnxruntime", "openpyxl", "pyrage"}
    assert {name.split(".")[0] for name in imported} <= allowed


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, candidates; assert 'numpy' not in sys.modules and 'sqlite3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOM.parent)


@pytest.mark.slow
def test_spreadsheets_and_encryption_load_when_they_are_needed() -> None:
    code = "import sys, candidates.sources; assert not {'openpyxl', 'pyrage'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOM.parent)


def _all_errors(kind: type[errors.CandidatesError]) -> list[type[errors.CandidatesError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _all_errors(child))]


@pytest.mark.parametrize("kind", _all_errors(errors.CandidatesError), ids=lambda kind: kind.__name__)
def test_every_error_speaks_both_languages(kind: type[errors.CandidatesError]) -> None:
    error = kind("pesan", "message")
    assert error.text().startswith("pesan")
    assert error.text("en").startswith("message")
    assert bool(kind.advice_id) == bool(kind.advice_en)
    assert kind.__name__ in (errors.__doc__ or "")


def test_leaf_codes_are_distinct() -> None:
    leaves = [kind for kind in _all_errors(errors.CandidatesError) if not kind.__subclasses__()]
    assert len({kind.code for kind in leaves}) == len(leaves)
