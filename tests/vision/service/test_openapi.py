"""The OpenAPI document: valid, complete, true to the contracts; and what is made of it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.vision.service.serving import ROOT
from vision.service.http import openapi
from vision.service.http.problems import HttpProblemError, own_codes, status_of

pytestmark = pytest.mark.slow

DOCS = (ROOT / "docs" / "service.md").read_text("utf-8")


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/openapi.json").json()
    return told


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_schemas() -> None:
    for name, schema in openapi.schemas().items():
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), "a class's name in whatever language a client is made for"


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [str(value) for key, value in node.items() if key == "$ref"]
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in names


def test_every_route_tells_its_problems(document: dict[str, Any]) -> None:
    for path, told in document["paths"].items():
        for method, operation in told.items():
            where = f"{method} {path}"
            assert operation["description"], where
            statuses = set(operation["responses"])
            assert "200" in statuses, where
            if path.startswith("/v1") and "session" not in path:
                assert {"401", "403", "421", "429", "503"} <= statuses, where
            if "requestBody" in operation:
                assert {"413", "415", "422"} <= statuses, where
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and path not in ("/readyz",):
                    assert list(answer["content"]) == ["application/problem+json"], where


def examples(node: object) -> list[tuple[dict[str, Any], object]]:
    """Return every schema with examples, and each of them."""
    if isinstance(node, dict):
        own = [(node, one) for one in node.get("examples", [])] if isinstance(node.get("examples"), list) else []
        return own + [found for value in node.values() for found in examples(value)]
    return [found for value in node for found in examples(value)] if isinstance(node, list) else []


def test_examples_are_what_they_stand_for(document: dict[str, Any]) -> None:
    found = examples(document)
    assert len(found) >= 4
    for schema, example in found:
        Draft202012Validator(schema).validate(example)


def test_every_code_is_in_the_docs_with_its_status() -> None:
    table: dict[str, set[int]] = {}
    for line in DOCS.partition("## Problems")[2].partition("## Headers")[0].splitlines():
        if line.startswith("| ") and line[2].isdigit():
            statuses, codes = line.strip("|").split("|")
            for code in re.findall(r"`([a-z]+\.[a-z_*]+)`", codes):
                table[code] = {int(status) for status in re.findall(r"\d+", statuses)}
    for code in own_codes():
        listed = table.get(code) or table.get(f"{code.partition('.')[0]}.*")
        assert listed, code
        assert status_of(code) in listed, code
    for code, known in table.items():
        if not code.endswith("*"):
            assert status_of(code) in known, code


@pytest.mark.parametrize("code", sorted(own_codes()))
def test_problems_have_words_in_both_languages(code: str) -> None:
    values = {"most": 10, "seconds": 3}
    problem = HttpProblemError(code, **values)
    told = {language: problem.to_answer(language, "0" * 16).to_dict() for language in ("id", "en")}
    assert told["id"]["detail"] != told["en"]["detail"]
    assert told["id"]["title"] != told["en"]["title"]
    for one in told.values():
        assert "{" not in one["detail"]
        assert one["status"] == status_of(code)
    assert ("Retry-After" in problem.headers) == (
        code in ("engine.crashed", "engine.memory", "gallery.busy", "server.busy", "server.starting", "server.stopping")
    )


def test_random_requests() -> None:
    """A short run of `python -m scripts.proofs fuzz-api`: no 5xx, no answer outside of the document."""
    command = [sys.executable, "-m", "scripts.proofs", "fuzz-api", "--cases", "150", "--phases", "examples,fuzzing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout[-5000:]
    assert "No issues found" in done.stdout
