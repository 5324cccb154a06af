"""What is wrong and what to do about it, in words for people, Indonesian and English; and the commands that help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from candidates.errors import Language
from candidates.health.finding import GalleryFinding, GalleryNote, PhotoRef
from candidates.messages import Message, say
from candidates.people import Candidate, clean_text, slug
from candidates.regions import code_of, label_of

_NAMES_SHOWN, _PHOTOS_SHOWN = 5, 8

Command = tuple[str, ...]
"""Arguments of `fotonetral`, to be quoted for a shell; words in capitals are the reader's to fill in."""


CODES: Final = (
    "other_model.all",
    "other_model.some",
    "missing_photo.no_template",
    "missing_photo.file",
    "missing_photo.folder",
    "mixed_person.odd_photo",
    "mixed_person.of_another",
    "mixed_person.split",
    "same_person.faces",
    "same_person.photo",
    "same_person.other_election",
    "data.region_unknown",
    "data.region_text",
    "data.election_region_unknown",
    "data.election_region_text",
    "data.same_number",
    "data.election_undated",
    "data.election_over",
    "data.relative_of_nobody",
    "lookalikes.faces",
    "lookalikes.family",
    "poor_reference.small",
    "poor_reference.blurred",
    "poor_reference.only_one",
    "near_duplicate.picture",
)
"""Every code that a finding can have."""


def message(finding: GalleryFinding, language: Language) -> str:
    """Return what is wrong, in one sentence or two."""
    return say(f"health.what.{finding.code}", **_values(finding)).text(language)


def advice(finding: GalleryFinding, language: Language) -> str:
    """Return what to do."""
    return say(f"health.advice.{finding.code}", **_values(finding)).text(language)


def note(which: GalleryNote, language: Language) -> str:
    """Return what was not looked at."""
    return say(f"health.note.{which.value}").text(language)


def commands(finding: GalleryFinding) -> tuple[Command, ...]:
    """Return the commands that look closer or put it right, in the order of use."""
    people, photos = finding.people, finding.photos
    match finding.code:
        case "other_model.all" | "other_model.some":
            return (("candidates", "re-embed", "--photos", "FOLDER"),)
        case "missing_photo.no_template" | "poor_reference.only_one":
            return (_add(people[0]),)
        case "poor_reference.small" | "poor_reference.blurred":
            return (_add(people[0]), *_without(photos))
        case "mixed_person.odd_photo" | "mixed_person.of_another":
            return (_show(people[0]), *_without(photos))
        case "near_duplicate.picture":
            return _without(photos[1:])
        case "same_person.faces":
            return (*map(_show, people), ("candidates", "remove", people[-1].id), _distinct(people))
        case "lookalikes.faces" | "lookalikes.family":
            return (*map(_show, people), _distinct(people))
        case "same_person.photo" | "mixed_person.split":
            return tuple(map(_show, people))
        case "data.relative_of_nobody":
            return (("candidates", "remove", people[0].id),)
        case _:
            return ()


def names(people: Sequence[Candidate], *, most: int = _NAMES_SHOWN) -> Message:
    """Return names, the last ones counted where there are many."""
    shown = [_label(person) for person in people[:most]]
    if len(people) > most:
        return say("health.phrase.names_and_more", names=shown, rest=len(people) - most)
    return say("health.phrase.names", names=shown)


def _values(finding: GalleryFinding) -> Mapping[str, object]:
    people, facts = finding.people, finding.facts
    region = str(facts.get("region", ""))
    place = label_of(code_of(region) or region)
    return {
        "name": _label(people[0]) if people else "",
        "other": _label(people[1]) if len(people) > 1 else "",
        "names": names(people) if people else "",
        "photos": _photos(finding.photos),
        "best": finding.photos[0].number if finding.photos else "",
        "place": say("health.phrase.region", place=place) if region else "",
        "place_read": place,
        **facts,
    }


def _label(person: Candidate) -> str:
    """Return the name, with the id where it does not follow from the name."""
    return person.name if slug(person.name) == person.id else f"{person.name} ({person.id})"


def _photos(photos: Sequence[PhotoRef]) -> Message:
    shown = [f"{photo.number} ({clean_text(photo.name)})" for photo in photos[:_PHOTOS_SHOWN]]
    if len(photos) > _PHOTOS_SHOWN:
        return say("health.phrase.photos_and_more", photos=shown, rest=len(photos) - _PHOTOS_SHOWN)
    return say("health.phrase.photos", count=len(photos), photos=shown)


def _show(person: Candidate) -> Command:
    return ("candidates", "show", person.id)


def _distinct(people: Sequence[Candidate]) -> Command:
    return ("candidates", "distinct", *(person.id for person in people))


def _without(photos: Sequence[PhotoRef]) -> tuple[Command, ...]:
    return tuple(("candidates", "remove", photo.person, "--photo", str(photo.number)) for photo in photos)


def _add(person: Candidate) -> Command:
    """Return the command that adds photos; it repeats the whole entry, since `add` empties what it leaves out."""
    fields = {
        "--role": person.role.value,
        "--election": person.election,
        "--ballot-number": person.ballot_number,
        "--region": person.region,
        "--party": person.party,
        "--relative-of": person.relative_of,
        "--relation": person.relation.value if person.relation else None,
    }
    options = [text for option, value in fields.items() if value for text in (option, str(value))]
    return ("candidates", "add", person.name, "FOTO.jpg", *options)
