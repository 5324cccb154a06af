"""Figures of the code that syntax alone tells: rooms, annotations, texts inside the code, suppressions, imports."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from scripts.house.tree import Source

_DICTS = {"dict", "Mapping", "MutableMapping"}
_SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)\b")
_WORD = re.compile(r"[a-z]+")
_INDONESIAN = frozenset(
    _WORD.findall(
        "ada adalah agar akan apa atas atau bagi bahwa banyak baru beberapa belum berisi berkas bila boleh bukan "
        "coba dalam dan dapat dari daripada dengan di diperiksa foto galeri gambar hanya harus hasil ini isi itu "
        "jalankan jangan juga karena ke kecil kelak kosong kurang lagi lain lebih maka masih mungkin nama oleh "
        "orang pada paling pakai perlu salah sama sampai satu saja sebagai sebelum seperti sesudah setelah sudah "
        "supaya tanpa telah terlalu tetapi tiap tidak tunggu untuk wajah yang"
    )
)
_ENGLISH = frozenset(
    _WORD.findall(
        "a again all an and any are as at be been before but by can cannot do does each empty every expected few "
        "file for found from gallery has have how if in is it its known large least less many more must name no "
        "none not nothing of on once one only or other out person photo read same see so than that the their them "
        "there these they this to too try was were what when where which who with without write wrong yet your"
    )
)


@dataclass(frozen=True)
class Pair:
    """The same text in Indonesian and English inside the code: in which module and line."""

    module: str
    line: int


def rooms(modules: Iterable[Source]) -> Counter[str]:
    """Count the modules of each room: a folder below `vision` or `candidates`; these two are the ground floors."""
    return Counter("/".join(one.path.parts[:2] if len(one.path.parts) > 2 else one.path.parts[:1]) for one in modules)


def loose_modules(modules: Iterable[Source], package: str = "vision") -> int:
    """Count the modules that lie on the ground floor of a package, its `__init__` left out."""
    return sum(one.path.parts[:-1] == (package,) and not one.is_package for one in modules)


def dict_annotations(modules: Iterable[Source]) -> int:
    """Count `dict[str, Any]`, `Mapping[str, Any]` and the like, wherever a type is written."""
    return sum(_is_loose_dict(node) for one in modules for node in ast.walk(one.syntax))


def _is_loose_dict(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in _DICTS):
        return False
    key = node.slice
    return isinstance(key, ast.Tuple) and [getattr(one, "id", None) for one in key.elts] == ["str", "Any"]


def suppressions(modules: Iterable[Source]) -> int:
    """Count comments that silence a checker: `# noqa` and `# type: ignore`."""
    return sum(
        len(_SUPPRESSION.findall(token.string))
        for one in modules
        for token in tokenize.generate_tokens(io.StringIO(one.text).readline)
        if token.type == tokenize.COMMENT
    )


def language_pairs(modules: Iterable[Source]) -> list[Pair]:
    """Find texts that stand in the code in Indonesian and English.

    Counted as one pair each:
    - two neighbours that are both text, among the arguments of a call or the elements of a tuple or list, or the two
      arms of a condition, of which one reads as Indonesian and the other as English: the one has a common word of its
      language, and more of those than of the other's. Names of one or two words mostly pass unseen.
    - two neighbouring keyword arguments whose names differ only in `id` and `en` (`title_id=`, `title_en=`);
    - each entry of a table with the keys "id" and "en": the text of one, or as many as an inner table has.
    """
    return [Pair(one.name, line) for one in modules for line in sorted(_pair_lines(one.syntax))]


def _pair_lines(syntax: ast.Module) -> Iterator[int]:
    for node in ast.walk(syntax):
        if isinstance(node, ast.Call):
            yield from _neighbours(node.args)
            named = [word.arg or "" for word in node.keywords]
            yield from (
                node.lineno
                for one, other in pairwise(named)
                if {one[-2:], other[-2:]} == {"id", "en"} and one[:-2] == other[:-2]
            )
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _neighbours(node.elts)
        elif isinstance(node, ast.IfExp):
            yield from _neighbours([node.body, node.orelse])
        elif isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if {"id", "en"} <= set(keys):
                value = node.values[keys.index("id")]
                yield from [node.lineno] * (len(value.keys) if isinstance(value, ast.Dict) else 1)


def _differ_in_language(one: str, other: str) -> bool:
    return one[:-2] == other[:-2] and {one[-2:], other[-2:]} == {"id", "en"}


def _neighbours(values: Sequence[ast.expr]) -> Iterator[int]:
    at = 0
    while at + 1 < len(values):
        one, other = _text_of(values[at]), _text_of(values[at + 1])
        if one and other and {_language(one), _language(other)} == {"id", "en"}:
            yield values[at].lineno
            at += 1
        at += 1


def _text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return " ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return None


def _language(text: str) -> str | None:
    words = _WORD.findall(text.lower())
    indonesian, english = (sum(word in known for word in words) for known in (_INDONESIAN, _ENGLISH))
    if indonesian == english:
        return None
    return "id" if indonesian > english else "en"


def longest_chain(modules: Sequence[Source]) -> list[str]:
    """Return the longest chain of modules of which each imports the next while it is itself imported.

    Imports inside functions and under `if TYPE_CHECKING` are left out. Raises ValueError where they go in a circle.
    """
    names = {one.name for one in modules}
    graph = {one.name: set(_imported(one, names)) - {one.name} for one in modules}
    chains: dict[str, list[str]] = {}
    try:
        for name in TopologicalSorter(graph).static_order():
            longest = max((chains[below] for below in sorted(graph[name])), key=len, default=[])
            chains[name] = [name, *longest]
    except CycleError as error:
        raise ValueError(f"imports in a circle: {' -> '.join(error.args[1])}") from error
    return max((chains[name] for name in sorted(chains)), key=len, default=[])


def _imported(module: Source, names: set[str]) -> Iterator[str]:
    for node in _at_import(module.syntax.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if inner in names:
                    yield inner
                elif base in names:
                    yield base


def _base(module: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    parts = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*parts, node.module] if node.module else parts)


def _at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _at_import(node.orelse)
        elif isinstance(node, ast.If):
            yield from _at_import([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _at_import([*node.body, *node.orelse, *node.finalbody])
            yield from _at_import(inner for handler in node.handlers for inner in handler.body)
        elif isinstance(node, ast.With):
            yield from _at_import(node.body)
        else:
            yield node
