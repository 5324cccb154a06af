"""Content negotiation: which media type the client prefers."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

_MOST_PARTS = 20


def preferred(request: Request, offers: Sequence[str]) -> str:
    """Return the offer (a media type) that `Accept` weighs most; the first of equal ones, and if it takes none."""
    weights = dict(_weights(request.headers.get("accept", "*/*")))
    best, best_weight = offers[0], -1.0
    for offer in offers:
        kind = offer.partition("/")[0]
        weight = next((weights[name] for name in (offer, f"{kind}/*", "*/*") if name in weights), 0.0)
        if weight > best_weight:
            best, best_weight = offer, weight
    return best


def _weights(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(",")[:_MOST_PARTS]:
        media_type, *parameters = (text.strip() for text in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().casefold() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        found.append((media_type.casefold(), weight))
    return found
