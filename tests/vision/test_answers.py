"""The answers as other programs read them: schemas in step with the structs, and reading what other versions wrote."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from scripts.house.answer_schemas import contract_schemas, service_schemas, texts
from tests.made_up import judged
from vision.contract.answers.check import FailedPhoto, KeptPhoto, NotJudged, PhotoName, read, read_photo_answer
from vision.contract.answers.post import Post
from vision.contract.post import PostResult

ANSWER = judged("a.jpg").to_answer()
CHECK = Draft202012Validator(contract_schemas()["check-1"])


def test_the_files_are_in_step() -> None:
    for path, text in texts().items():
        assert path.read_text("utf-8") == text, f"run python -m scripts.house answer-schemas: {path.name}"
    assert {path.name for path in next(iter(texts())).parent.iterdir()} == {path.name for path in texts()}


@pytest.mark.parametrize("schema", [*contract_schemas().values(), *service_schemas().values()])
def test_every_schema_is_one(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"verdict": "ok"}, id="unknown verdict"),
        pytest.param({"error": {"code": "a.b", "message": "c"}}, id="verdict and error"),
        pytest.param({"faces": [ANSWER.faces[0].to_dict() | {"embedding": [0.1]}]}, id="an embedding"),
        pytest.param({"photo": {"name": "a.jpg"}}, id="no size"),
    ],
)
def test_what_the_schema_refuses(change: dict[str, Any]) -> None:
    told = ANSWER.to_dict()
    assert not list(CHECK.iter_errors(told))
    assert list(CHECK.iter_errors(told | change))


def test_what_is_kept_is_read_back() -> None:
    kept = ANSWER.kept.named("")
    assert read_photo_answer(kept.to_json()) == kept
    assert kept.photo.name == ""
    assert "timings_ms" not in kept.to_dict()
    failed = FailedPhoto(photo=PhotoName(name=""), error=NotJudged(code="photo.empty", message="…"))
    assert read_photo_answer(failed.to_json()) == failed
    assert "kind" not in failed.to_dict()["error"]


def test_a_later_version_may_add_fields() -> None:
    told = ANSWER.kept.to_dict() | {"text": [], "photo": ANSWER.photo.to_dict() | {"place": 3}}
    assert read_photo_answer(json.dumps(told).encode()) == ANSWER.kept


def test_what_an_earlier_version_did_not_tell_is_read() -> None:
    told = ANSWER.kept.to_dict()
    for name in ("media", "headline", "next_step", "notes", "reminders", "scope"):
        del told[name]
    for face in told["faces"]:
        del face["flaws"], face["recognisable"]
        if face["match"]:
            del face["match"]["margin"], face["match"]["alternatives"]
    early = read_photo_answer(json.dumps(told).encode())
    assert isinstance(early, KeptPhoto)
    assert early.findings == ANSWER.findings
    assert (early.media.kind, early.media.pictures, early.headline) == ("image", 1, "")


def test_what_is_none_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="verdict"):
        read_photo_answer(json.dumps(ANSWER.kept.to_dict() | {"verdict": "ok"}).encode())
    with pytest.raises(msgspec.ValidationError):
        read_photo_answer(b"[]")


def test_the_photos_of_a_post_are_told_apart() -> None:
    failed = FailedPhoto(photo=PhotoName(name="b"), error=NotJudged(code="photo.empty", message="…"))
    post = PostResult.of([judged("a.jpg"), judged("b.jpg")]).to_answer()
    post = msgspec.structs.replace(post, photos=(post.photos[0], failed), unjudged=(1,))
    again = read(post.to_json(), Post)
    assert again == post
    assert [type(photo).__name__ for photo in again.photos] == ["CheckedPhoto", "FailedPhoto"]
    assert (again.photos[1].verdict, again.photos[0].error) == (None, None)


def test_names_that_are_no_text_are_told() -> None:
    assert ANSWER.kept.named("a\udce9.jpg").photo.name == "a?.jpg"
