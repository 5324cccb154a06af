"""A short form of the fuzzer: damaged photos end in typed errors, whatever the damage."""

from __future__ import annotations

import pytest

from scripts.proofs import fuzz_photos as fuzz
from vision.media.photo import open_photo

pytestmark = pytest.mark.slow


def test_sixty_damaged_photos_end_in_typed_errors() -> None:
    outcomes, failures, _ = fuzz.attack(open_photo, fuzz.mutants(fuzz.default_pictures(), 60, seed=7))
    assert failures == []
    assert outcomes.total() == 60
    assert len(outcomes) >= 3, "the cases should reach several kinds of error"


def test_cases_repeat_with_the_seed() -> None:
    pictures = {"a": bytes(range(256)) * 4}
    assert list(fuzz.mutants(pictures, 20, 3)) == list(fuzz.mutants(pictures, 20, 3))
    assert list(fuzz.mutants(pictures, 20, 3)) != list(fuzz.mutants(pictures, 20, 4))


def test_an_untyped_exception_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise KeyError("not ours")

    monkeypatch.setattr(fuzz, "open_photo", broken)
    assert fuzz.main(["--cases", "2"]) == 1
