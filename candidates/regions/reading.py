"""What somebody meant who wrote a region: a code in any form, a name, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from candidates.errors import AmbiguousRegionError, RegionError, UnknownRegionError
from candidates.messages import say
from candidates.people import clean_text, region_code
from candidates.regions.listing import Region, region_with, regions
from candidates.regions.names import regions_like, regions_named, resembles

_NAMED: Final = 3  # regions that an error names
_SHOWN: Final = 60  # characters of what was written that an error repeats
_LONGEST: Final = 120  # characters; no name with its code is as long

_CODE: Final = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_DIGITS: Final = r"\d\d[\d.,]*"
_NAME: Final = r"[^\d]*[^\W\d_][^\d]*"
_CODE_AND_NAME: Final = re.compile(
    rf"\W*(?P<code>{_DIGITS})(?P<name>{_NAME})|(?P<name2>{_NAME}?)(?P<code2>{_DIGITS})\W*", re.ASCII
)


def region_of(text: str) -> Region:
    """Return the region that a text names: "34.01", "3401", Excel's "3401.0", "Kulon Progo", "34.01 Kab. Kulon Progo".

    A code that a regency had before the present list stands for its code now. Raises `UnknownRegionError` (with the
    nearest regions) or `AmbiguousRegionError` (a name of several, or a code and a name that contradict each other).
    """
    written = clean_text(text)
    code = region_code(written)
    if _CODE.fullmatch(code):
        if (region := region_with(code)) is not None:
            return region
        raise _unknown(written, _nearest(code, written))
    parts = _CODE_AND_NAME.fullmatch(written) if len(written) <= _LONGEST else None
    if parts:
        return _agreeing(parts["code"] or parts["code2"], parts["name"] or parts["name2"], written)
    if re.fullmatch(r"[\d.,\s]+", written, re.ASCII):
        raise _unknown(written, _nearest(code, written))
    return _named(written)


@lru_cache(maxsize=8192)
def code_of(text: str) -> str | None:
    """Return the code of a region as it was stored, by whatever version; None where it says no region there is."""
    try:
        return region_of(text).code
    except RegionError:
        return None


def code_to_store(written: str, stored: str | None) -> str:
    """Return the code of a region to be stored; `stored` is what the entry has so far, None for a new one.

    What an older version stored may stay, so that an entry can still be changed. Raises as `region_of` does.
    """
    return written if not written or written == stored else region_of(written).code


def _named(written: str) -> Region:
    found = regions_named(written) if len(written) <= _LONGEST else ()
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousRegionError(
            say("importing.regions.can_mean", written=written, labels=[region.label for region in found])
        )
    raise _unknown(written, regions_like(written, _NAMED) if len(written) <= _LONGEST else ())


def _agreeing(code: str, name: str, written: str) -> Region:
    """Return the region of a code with a name beside it."""
    dotted = region_code(code.rstrip(".,"))
    region = region_with(dotted) if _CODE.fullmatch(dotted) else None
    meant = regions_named(name)
    if region is None:
        raise _unknown(written, meant[:_NAMED] or _nearest(dotted, code))
    is_within = region.code.count(".") > 1
    if is_within or region in meant or resembles(name, region):
        return region
    shown, other = _short(written), meant or regions_like(name, 1)
    raise AmbiguousRegionError(
        say(
            "importing.regions.code_is_of_another",
            written=shown,
            code=region.code,
            name=region.name,
            others=[region.label for region in other] or [name.strip()],
        )
    )


def _nearest(code: str, written: str) -> tuple[Region, ...]:
    """Return the regions whose codes begin alike and lie nearest."""
    digits = re.sub(r"\D", "", code, flags=re.ASCII)
    if not digits:
        return ()

    def rank(region: Region) -> tuple[int, bool, int]:
        own = region.code.replace(".", "")
        alike = next((at for at, pair in enumerate(zip(own, digits, strict=False)) if pair[0] != pair[1]), len(own))
        apart = abs(int(own.ljust(4, "0")) - int(digits[:4].ljust(4, "0")))
        return -min(alike, len(digits)), len(own) != len(digits), apart

    near = sorted(regions().values(), key=rank)[:_NAMED]
    # "34.1" is as likely to be 34.01 as the 34.10 that Excel makes of it.
    one_digit = re.fullmatch(r"(\d{2})[.,](\d)", written)
    first = regions().get(f"{one_digit[1]}.0{one_digit[2]}") if one_digit else None
    return tuple(dict.fromkeys([first, *near] if first else near))[:_NAMED]


def _unknown(written: str, near: Sequence[Region]) -> UnknownRegionError:
    shown = _short(written)
    if not near:
        return UnknownRegionError(say("importing.regions.unknown", written=shown))
    labels = [region.label for region in near]
    return UnknownRegionError(say("importing.regions.unknown_but_near", written=shown, labels=labels))


def _short(written: str) -> str:
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
