"""The top and the foot of the page, written out as HTML: they stand there before anything is run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from candidates.messages.filling import number
from vision.report.listing import ScanFacts
from vision.report.overview.entries import AUDITED, KNOWN, VERDICTS, PhotoEntry
from vision.report.wording import count_in_words, day_or_text, safe, unlooked, words
from vision.rules import Policy, available_packs, next_step

if TYPE_CHECKING:
    from vision.report.precision import Precision

_SIGNS = {"flag": "✖", "review": "!", "clear": "✔", "error": "?", "unseen": "?"}
_MOST_SOURCES = 6
ANYBODY, NOBODY = "*", "-"
"""What the filter on people says for photos with somebody of the gallery, and for those without."""


def summary_of(facts: ScanFacts, entries: Sequence[PhotoEntry], precision: Precision) -> dict[str, str]:
    """Return what the template of the page asks for by name, as HTML."""
    said, language = words(facts.language), facts.language
    sampled = any(one.flags & AUDITED for one in entries)
    judged = facts.judged + facts.counts["error"]
    lead = said["lead"].format(
        photos=count_in_words(judged, language),
        places=count_in_words(facts.counts["places"], language),
        day=day_or_text(facts.day, language),
        policy=facts.policy_title,
    )
    return {
        "language": language,
        "title": safe(said["title"]),
        "lead": safe(lead),
        "sources": _sources(facts),
        "news": _news(facts, entries),
        "unfinished": "" if facts.finished else f'<p class="banner" role="note">{safe(said["unfinished"])}</p>',
        "unseen": _unseen(facts),
        "tiles": "\n".join(_tiles(facts, sampled)),
        "start_title": safe(said["start_title"]),
        "start": "\n".join(_start(facts, entries)),
        "precision": _precision(precision, facts),
        "unvouched_title": safe(said["unvouched_title"]),
        "unvouched": "\n".join(f"<li>{safe(line)}</li>" for line in _unvouched(facts, sampled)),
        "fairness": safe(said["fairness"]),
        "noscript": safe(said["noscript"]),
        "skip": safe(said["skip"]),
        "waiting": safe(said["waiting"]),
        "facts_title": safe(said["facts_title"]),
        "facts": "\n".join(_facts(facts)),
    }


def _sources(facts: ScanFacts) -> str:
    """Name what was scanned; of a long list the first, the others when asked for."""
    said = words(facts.language)
    shown, more = facts.sources[:_MOST_SOURCES], facts.sources[_MOST_SOURCES:]
    text = f"{safe(said['sources'])} " + ", ".join(f"<bdi>{safe(source)}</bdi>" for source in shown)
    if not more:
        return text
    rest = "".join(f"<li><bdi>{safe(source)}</bdi></li>" for source in more)
    label = safe(said["sources_more"].format(count=count_in_words(len(more), facts.language)))
    return f"{text} <details><summary>{label}</summary><ul>{rest}</ul></details>"


def _news(facts: ScanFacts, entries: Sequence[PhotoEntry]) -> str:
    """Say how much of what needs attention an earlier scan did not report; nothing where there was none."""
    if facts.baseline is None:
        return ""
    count = sum(one.verdict < VERDICTS.index("clear") and not one.flags & KNOWN for one in entries)
    told = words(facts.language)["news"].format(count=count_in_words(count, facts.language), baseline=facts.baseline)
    return f'<p class="lead">{safe(told)}</p>'


def _unseen(facts: ScanFacts) -> str:
    """Say what was not looked at, where it stands before any green figure, and that nothing was judged."""
    said = words(facts.language)
    lines = [] if facts.judged else [safe(said["nothing_judged"])]
    link = f' <a href="#{_state({"view": "unseen"})}">{safe(said["unseen_list"])}</a>'
    lines += [safe(line) + (link if at == 0 and facts.account.total else "") for at, line in enumerate(unlooked(facts))]
    return "".join(f'<p class="banner" role="note">{line}</p>' for line in lines)


def _tiles(facts: ScanFacts, sampled: bool) -> Iterable[str]:
    said = words(facts.language)
    goals = {"flag": {"verdict": "flag"}, "review": {"verdict": "review"}, "clear": {"view": "audit"}}
    goals["unseen"] = {"view": "unseen"}
    for verdict in VERDICTS:
        count = facts.account.total if verdict == "unseen" else facts.counts[verdict]
        if verdict == "unseen" and not count:
            continue
        inner = (
            f'<span class="sign" aria-hidden="true">{_SIGNS[verdict]}</span>'
            f'<span class="figure">{count_in_words(count, facts.language)}</span> '
            f'<span class="label">{safe(said[f"tile_{verdict}"])}</span>'
        )
        goal = goals.get(verdict, {"view": "errors"})
        if facts.baseline is not None:
            goal = goal | {"new": "all"}  # what is counted here was not all found by this scan alone
        # What there is none of, and the clear ones that nobody sampled, lead nowhere.
        leads = count and (verdict != "clear" or sampled)
        yield (
            f'<li class="tile is-{verdict}"><a href="#{_state(goal)}">{inner}</a></li>'
            if leads
            else f'<li class="tile is-{verdict}"><div>{inner}</div></li>'
        )


def _start(facts: ScanFacts, entries: Sequence[PhotoEntry]) -> Iterable[str]:
    """Yield what to do, in the order of urgency, each with a link to the list of just those photos."""
    said, flag, review = words(facts.language), VERDICTS.index("flag"), VERDICTS.index("review")
    news = [one for one in entries if not one.flags & KNOWN]
    flagged = [one for one in news if one.verdict == flag]
    people = sum(bool(one.people) for one in flagged)
    steps: list[tuple[str, int, dict[str, str]]] = [
        ("start_people", people, {"verdict": "flag", "who": ANYBODY}),
        ("start_flag", len(flagged) - people, {"verdict": "flag", "who": NOBODY} if people else {"verdict": "flag"}),
        ("start_review", sum(one.verdict == review for one in news), {"verdict": "review"}),
        ("start_audit", sum(bool(one.flags & AUDITED) for one in entries), {"view": "audit"}),
        ("start_errors", facts.counts["error"], {"view": "errors"}),
        ("start_unseen", facts.account.total, {"view": "unseen"}),
    ]
    if facts.judged and not facts.account.total and not any(count for _, count, _ in steps[:3]):
        yield f'<li class="quiet">{safe(said["start_nothing"])}</li>'
    for key, count, state in steps:
        if count:
            text = said[key].format(count=count_in_words(count, facts.language))
            yield f'<li><a href="#{_state(state)}">{safe(text)}</a></li>'
    if any(count for _, count, _ in steps[:4]):
        yield f"<li>{safe(said['start_save'])}</li>"


def _precision(precision: Precision, facts: ScanFacts) -> str:
    """Say how many reports are right by the decisions that are recorded; nothing where there are none."""
    if not precision.right.total and not precision.missed.total:
        return ""
    lines = "".join(f"<p>{safe(line)}</p>" for line in precision.sentences(facts.language))
    title = safe(words(facts.language)["precision_title"])
    return f'<details class="precision"><summary>{title}</summary>{lines}</details>'


def _unvouched(facts: ScanFacts, sampled: bool) -> Iterable[str]:
    said, language = words(facts.language), facts.language
    yield next_step((), language)
    if facts.gallery is not None:
        yield said["unvouched_people"].format(people=count_in_words(facts.people, language))
    elif not facts.scope_notes:  # which say it as well
        yield said["unvouched_no_gallery"]
    yield from facts.scope_notes
    rate = number(facts.audit_rate * 100, language, ".3g")
    yield said["unvouched_clear" if sampled else "unvouched_unsampled"].format(rate=rate)
    if facts.counts["error"]:
        yield said["unvouched_errors"].format(count=count_in_words(facts.counts["error"], language))


def _facts(facts: ScanFacts) -> Iterable[str]:
    said = words(facts.language)
    gallery = said["fact_no_gallery"]
    if facts.gallery is not None:
        people = count_in_words(facts.people, facts.language)
        gallery = said["fact_gallery_value"].format(revision=facts.gallery, people=people)
    yield _fact(said["fact_policy"], f"{facts.policy_title} ({facts.policy})")
    yield _fact(said["fact_gallery"], gallery)
    if facts.region:
        yield _fact(said["fact_region"], facts.region)
    yield _fact(said["fact_day"], day_or_text(facts.day, facts.language))
    if facts.baseline is not None:
        yield _fact(said["fact_baseline"], facts.baseline)
    yield _fact(said["fact_tool"], f"FotoNetral {facts.version}")
    if facts.policy in available_packs():
        circular = Policy.load(facts.policy).circular
        link = f'<a href="{safe(circular.link)}" rel="noreferrer noopener" target="_blank">{safe(circular.name)}</a>'
        yield f"<div><dt>{safe(said['fact_circular'])}</dt><dd>{link}: {safe(circular.title)}</dd></div>"


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{safe(name)}</dt><dd><bdi>{safe(value)}</bdi></dd></div>"


def _state(state: dict[str, str]) -> str:
    """Return a state of the list as it stands behind the # of the address."""
    return safe(urlencode(state))
