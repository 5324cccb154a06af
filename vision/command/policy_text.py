"""What the `fotonetral policy` commands print about packs: lines for people, plain values for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from vision.command.check_text import TerminalLine
from vision.contract.answers.command import CheckedPack, CheckedPacks, ListedPack, ListedPacks, PackProblem
from vision.contract.answers.part import Plain
from vision.errors import Language
from vision.messages import words_of
from vision.poses import Pose
from vision.rules import Circular, PackReading, Policy, PoseRule, Problem

PACK_SCHEMA = "fotonetral.policy/1"
"""Name of the JSON object; fields may be added under this name, never changed."""


def list_lines(packs: Sequence[PackReading], language: Language) -> list[TerminalLine]:
    """Return one line a pack: name, title, regions, circular and its date."""
    words = words_of("command.policy_text", language)
    rows = [
        (
            pack.id,
            ", ".join(pack.regions) or words["everywhere"],
            f"{pack.circular.name}, {pack.circular.issued}",
            pack.title(language),
        )
        for pack in _policies(packs)
    ]
    return [TerminalLine(text) for text in _columns(rows)]


def list_answer(packs: Sequence[PackReading]) -> ListedPacks:
    """Return the packs for programs."""
    return ListedPacks(
        packs=tuple(
            ListedPack(
                id=pack.id,
                title_id=pack.title_id,
                title_en=pack.title_en,
                extends=reading.chain[1:],
                regions=pack.regions,
                circular=pack.circular,
            )
            for reading, pack in zip(packs, _policies(packs), strict=True)
        )
    )


def pack_lines(reading: PackReading, language: Language) -> list[TerminalLine]:
    """Return a pack to be read from top to bottom: circular, weighing, rules, poses and sources, each with its pack."""
    (pack,), words = _policies([reading]), words_of("command.policy_text", language)
    circular = pack.circular
    lines = [
        TerminalLine(f"{pack.id}: {pack.title(language)}", "bold"),
        *([TerminalLine(f"{words['extends']}: {', '.join(reading.chain[1:])}")] if reading.chain[1:] else ()),
        TerminalLine(f"{words['regions']}: {', '.join(pack.regions) or words['everywhere']}"),
        TerminalLine(f"{words['circular']}: {circular.name}. {circular.title}"),
        TerminalLine(f"  {words['issued']}: {circular.issued}. {words['valid']}: {_validity(circular, words)}"),
        *(TerminalLine(f"  {words['numbers']}: {number}") for number in circular.numbers),
        TerminalLine(f"  {words['link']}: {circular.link}"),
        *(TerminalLine(f"{words['reminder']}: {reminder}") for reminder in pack.reminders(language)),
        TerminalLine(""),
        TerminalLine(words["judging"], "bold"),
        *(TerminalLine(f"  {text}") for text in _columns(_settings(reading, pack, words))),
        TerminalLine(""),
        TerminalLine(words["rules"], "bold"),
    ]
    for name, rule in pack.rules.items():
        said = "; ".join(part for part in (rule.title(language), rule.sanction(language)) if part)
        lines += [
            TerminalLine(f"  {name}: {said} [{reading.origin('rules', name)}]"),
            TerminalLine(f"    {rule.link}", "dim"),
        ]
    rows = [tuple(words["columns"].split("|"))]
    rows += [_pose_row(reading, pose, rule, language) for pose, rule in pack.poses.items()]
    lines += [
        TerminalLine(""),
        TerminalLine(words["poses"], "bold"),
        *(TerminalLine(f"  {text}") for text in _columns(rows)),
    ]
    lines += [TerminalLine(f"  {words['legend']}", "dim"), TerminalLine(""), TerminalLine(words["sources"], "bold")]
    used = {source for rule in pack.poses.values() for source in rule.sources}
    sources = [(name, link) for name, link in pack.sources.items() if name in used or _is_own(reading, name)]
    return lines + [TerminalLine(f"  {text}") for text in _columns(sources)]


def pack_to_dict(reading: PackReading) -> Plain:
    """Return all that a pack says as plain values; `from` names the pack that said each value."""
    (pack,) = _policies([reading])
    told: Plain = {"schema": PACK_SCHEMA, "extends": list(reading.chain[1:])}
    for field in pack.__struct_fields__:
        value = msgspec.to_builtins(getattr(pack, field))
        if field in ("rules", "poses"):
            value = {name: _with_origins(reading, table, (field, name)) for name, table in value.items()}
        elif field in ("circular", "thresholds", "judging", "window"):
            value = _with_origins(reading, value, (field,))
        told[field] = value
    return told


def check_answer(readings: Sequence[tuple[str, PackReading]]) -> CheckedPacks:
    """Return what is wrong with packs, for programs."""
    return CheckedPacks(
        packs=tuple(
            CheckedPack(file=file, ok=not reading.problems, problems=tuple(map(_problem_answer, reading.problems)))
            for file, reading in readings
        )
    )


def _problem_answer(problem: Problem) -> PackProblem:
    return PackProblem(file=problem.file, key=problem.key, message_id=problem.text("id"), message_en=problem.text("en"))


def problem_lines(file: str, problems: Sequence[Problem]) -> list[TerminalLine]:
    """Return what is wrong with a pack, each problem in both languages; one line when nothing is."""
    if not problems:
        return [TerminalLine(f"✔ {file}: paket aturan ini sah. / This policy pack is valid.", "green")]
    lines = [TerminalLine(f"✖ {file}: {len(problems)} masalah. / {len(problems)} problem(s).", "bold red")]
    for problem in problems:
        lines += [TerminalLine(f"  - {problem.text('id')}"), TerminalLine(f"    {problem.text('en')}", "dim")]
    return lines


def _policies(readings: Iterable[PackReading]) -> list[Policy]:
    policies = [reading.policy for reading in readings]
    if None in policies:
        raise ValueError("only packs that are valid can be shown")
    return [pack for pack in policies if pack is not None]


def _validity(circular: Circular, words: Mapping[str, str]) -> str:
    if circular.valid_from is None and circular.valid_to is None:
        return words["open"]
    return " - ".join("…" if day is None else str(day) for day in (circular.valid_from, circular.valid_to))


def _settings(reading: PackReading, pack: Policy, words: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for table in ("thresholds", "judging", "window"):
        values = getattr(pack, table)
        for key in values.__struct_fields__:
            origin = reading.origin(table, key) or words["default"]
            yield f"{table}.{key} = {getattr(values, key)}", f"[{origin}]"


def _pose_row(reading: PackReading, pose: Pose, rule: PoseRule, language: Language) -> tuple[str, ...]:
    weight = rule.severity.value
    if rule.posed_severity is not None and rule.posed_severity is not rule.severity:
        weight += f", {rule.posed_severity.value}*"
    numbers = "/".join(str(number) for number in rule.numbers) or "-"
    sources = " ".join(rule.sources) or "-"
    finds = rule.severity.makes_finding
    origin = _pose_origin(reading, pose, language)
    return pose.value, rule.name(language), weight, numbers, rule.rule if finds else "-", sources, origin


def _pose_origin(reading: PackReading, pose: Pose, language: Language) -> str:
    """Say which pack each key of a pose comes from: the base pack's alone, or what the others changed."""
    keys: dict[str, list[str]] = {}
    for key in PoseRule.__struct_fields__:
        origin = reading.origin("poses", pose.value, key)
        if origin is not None:
            keys.setdefault(origin, []).append(key)
    packs = [pack for pack in reading.chain if pack in keys]
    if len(packs) == 1:
        return packs[0]
    changed = [f"{pack} ({', '.join(keys[pack])})" for pack in packs[:-1]]
    return ", ".join([*changed, words_of("command.policy_text", language)["rest"].format(pack=packs[-1])])


def _is_own(reading: PackReading, source: str) -> bool:
    return reading.origin("sources", source) == reading.chain[0]


def _with_origins(reading: PackReading, table: Plain, key: tuple[str, ...]) -> Plain:
    origins = {word: reading.origin(*key, word) for word in table}
    return {**table, "from": {word: origin for word, origin in origins.items() if origin is not None}}


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows as lines with their cells below each other; the last cell runs on."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in kept), strict=True)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in kept
    ]
