"""In which language a request is to be answered."""

from __future__ import annotations

from starlette.requests import Request

from vision.errors import Language


def language_of(request: Request) -> Language:
    """Return the language: of the option once it is known, else of the query, else of the browser, else Indonesian."""
    for asked in (getattr(request.state, "language", None), request.query_params.get("language")):
        if asked == "id" or asked == "en":
            return "en" if asked == "en" else "id"
    weights: dict[str, float] = {}
    for part in request.headers.get("accept-language", "").split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        weights.setdefault(tag.split("-")[0].casefold(), _weight(rest))
    return "en" if weights.get("en", 0.0) > weights.get("id", 0.0) else "id"


def _weight(rest: str) -> float:
    name, _, value = rest.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
