"""What pydantic says is wrong with a value, in Indonesian and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_INDONESIAN: Mapping[str, str] = {
    "bool_parsing": "harus true atau false",
    "date_from_datetime_parsing": "harus tanggal YYYY-MM-DD",
    "date_parsing": "harus tanggal YYYY-MM-DD",
    "date_from_datetime_inexact": "harus tanggal YYYY-MM-DD",
    "date_type": "harus tanggal YYYY-MM-DD",
    "extra_forbidden": "tidak dikenal",
    "float_parsing": "harus bilangan",
    "float_type": "harus bilangan",
    "finite_number": "harus bilangan",
    "greater_than": "harus lebih dari {gt}",
    "greater_than_equal": "paling sedikit {ge}",
    "int_from_float": "harus bilangan bulat",
    "int_parsing": "harus bilangan bulat",
    "int_parsing_size": "harus bilangan bulat",
    "int_type": "harus bilangan bulat",
    "json_invalid": "bukan JSON yang sah",
    "less_than_equal": "paling banyak {le}",
    "list_type": "harus daftar",
    "literal_error": "harus salah satu dari {expected}",
    "enum": "harus salah satu dari {expected}",
    "missing": "belum diisi",
    "model_attributes_type": "harus objek JSON",
    "model_type": "harus objek JSON",
    "path_type": "harus nama berkas",
    "string_pattern_mismatch": "bentuknya keliru",
    "string_too_long": "paling banyak {max_length} huruf",
    "string_too_short": "paling sedikit {min_length} huruf",
    "string_type": "harus teks",
    "tuple_type": "harus daftar",
}


def reason_of(error: Mapping[str, Any]) -> tuple[str, str]:
    """Return what one of pydantic's errors says, in Indonesian (where there are words for it) and English."""
    english = str(error["msg"]).removeprefix("Value error, ")
    template = _INDONESIAN.get(str(error["type"]))
    if template is None:
        # What our own validators say begins with the Indonesian words.
        indonesian, _, rest = english.partition(" | ")
        return indonesian, rest or english
    told = {key: str(value).replace(" or ", " atau ") for key, value in error.get("ctx", {}).items()}
    return template.format(**told), english
