"""What tests of several rooms share: where pictures lie."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Give the folder of committed pictures."""
    return ROOT / "fixtures"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of labelled pictures beside the checkout, or skip."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no labelled pictures beside the checkout (../shared/data)")
    return folder
