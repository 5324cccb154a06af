"""Whether everything in a hostile tree was accounted for: listed once, read or told, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scripts.proofs.archives.hostile import NO_PHOTO, PHOTO, HostileTree
from vision.archive.sources.listing import list_places
from vision.archive.sources.places import Container, Contents, Listed, PhotoPlace, UnreadablePlace, UnseenPlace
from vision.archive.sources.reading import read_places


@dataclass
class Account:
    """What came of a tree: how many of each outcome, and what should not have come."""

    outcomes: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def complain(self, what: str, names: Iterable[object]) -> None:
        """Note every name for which this is wrong."""
        self.complaints.extend(f"{what}: {name!r}" for name in names)


def account_for(tree: HostileTree) -> Account:
    """List and read a tree."""
    account = Account()
    listed = list(list_places([tree.folder]))
    places = [one for one in listed if isinstance(one, PhotoPlace)]
    check_listing(tree, listed, account)
    check_outcomes(tree, ((read.place.name, outcome_of(read)) for read in _read(places)), account)
    return account


def _read(places: list[PhotoPlace]) -> Iterator[Contents]:
    yield from read_places(places)


def outcome_of(read: Contents) -> str:
    """Return PHOTO, NO_PHOTO or the code of the error."""
    if read.error is not None:
        return read.error.code
    return NO_PHOTO if read.data is None else PHOTO


def check_listing(tree: HostileTree, listed: Iterable[Listed], account: Account) -> None:
    """Complain about what was listed twice, not at all, or without reason."""
    names: Counter[str] = Counter()
    unreadable: dict[str, str] = {}
    containers = set()
    for one in listed:
        if isinstance(one, Container):
            containers.add(one.name)
        elif isinstance(one, UnreadablePlace):
            unreadable[one.name] = one.error.code
        elif isinstance(one, PhotoPlace):
            names[one.name] += 1
        elif isinstance(one, UnseenPlace):
            account.outcomes[f"told: {one.error.code}"] += 1
    account.outcomes.update(f"told: {code}" for code in unreadable.values())
    account.complain("listed twice", (name for name, count in names.items() if count > 1))
    account.complain("not listed", tree.places.keys() - names.keys())
    account.complain("listed without reason", names.keys() - tree.places.keys())
    account.complain("container not listed to its end", tree.containers - containers)
    account.complain("container listed to an end it has not", containers - tree.containers)
    account.complain("told wrongly or not at all", _differences(tree.unreadable, unreadable))


def check_outcomes(tree: HostileTree, outcomes: Iterable[tuple[str, str]], account: Account) -> None:
    """Complain about places of which something else came than should."""
    seen = set()
    for name, outcome in outcomes:
        seen.add(name)
        account.outcomes[outcome] += 1
        expected = tree.places.get(name, "")
        if outcome not in expected.split("|"):
            account.complaints.append(f"came {outcome}, not {expected}: {name!r}")
    account.complain("nothing came of", tree.places.keys() - seen)


def _differences(expected: Mapping[str, str], came: Mapping[str, str]) -> Iterator[tuple[str, str | None, str | None]]:
    for name in sorted(expected.keys() | came.keys()):
        if expected.get(name) != came.get(name):
            yield name, expected.get(name), came.get(name)
