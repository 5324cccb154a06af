"""`python -m scripts.house PART ...`; without a part, the list of them."""

from __future__ import annotations

import sys

from scripts.parts import Part, run_part

PARTS = {
    "pins": Part("pins", "write constraints.txt and its mirror in pyproject.toml"),
    "policy-schema": Part("policy_schema", "write docs/policy.schema.json"),
    "answer-schemas": Part("answer_schemas", "write vision/contract/schema/, the JSON Schemas of the answers"),
    "error-codes": Part("error_codes", "write docs/errors.md, the list of every stable code"),
    "regions": Part("regions", "write the codes and names of regions (needs npm)"),
    "accuracy": Part("accuracy", "draw the pictures of docs/accuracy.md"),
    "measure": Part("measure", "figures of the code, beside those of an older commit"),
    "draw": Part("draw", "draw the picture of the house and the table of rooms in CONTRIBUTING.md"),
}

if __name__ == "__main__":
    sys.exit(run_part("scripts.house", PARTS, sys.argv[1:]))
