"""A gallery's templates as arrays: the same answers from memory, from a file, and from computing every distance."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Candidate, Gallery, Reference
from candidates.errors import GalleryModelMismatchError, GalleryReadOnlyError, GalleryUnreadableError
from candidates.search import vectors
from candidates.search.vectors import Vectors
from candidates.storage.arrays_file import ArraysFile, writing_arrays
from candidates.storage.store import VECTORS

SIZE = 16
MODEL = "fake-model"
MakeReference = Callable[..., Reference]


def face(seed: Any, scale: float = 1.0) -> Any:
    return (np.random.default_rng(seed).normal(size=SIZE) * scale).astype(np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "g.db"


@pytest.fixture
def gallery(path: Path, make_reference: MakeReference, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    """Open a gallery of 30 people with 1 to 3 templates, which counts as a large one; one person has none."""
    monkeypatch.setattr(vectors, "WORTH_A_FILE", 10)
    with Gallery.open(path, create=True) as opened:
        for number in range(30):
            person = f"p{number:02d}"
            photos = [f"{person}-{photo}" for photo in range(number % 3 + 1)]
            own = [
                make_reference("", photo, embedding=face(number) + face([number, i], 0.2))
                for i, photo in enumerate(photos)
            ]
            opened.put(Candidate(person, f"Orang {number}"), own)
        opened.put(Candidate("p10-tanpa-foto", "Tanpa Foto"))
        yield opened


@pytest.fixture
def probes() -> Any:
    """Own faces, strangers, and somebody near everybody."""
    own = [face(number) + face([number, 7], 0.2) for number in (3, 4, 20)]
    return np.stack([*own, face(100), face(101), np.zeros(SIZE, np.float32)])


def kept_file(path: Path) -> Path:
    return path.with_name(path.name + ".vectors")


def every_distance(gallery: Gallery, probes: Any) -> dict[tuple[int, str], float]:
    """Return the distance of each probe to each person's nearest reference, one by one."""
    best: dict[tuple[int, str], float] = {}
    for which, probe in enumerate(probes.astype(np.float64)):
        for reference in gallery.references():
            distance = np.sqrt(((reference.embedding.astype(np.float64) - probe) ** 2).sum())
            key = which, reference.person
            best[key] = min(best.get(key, np.inf), float(distance))
    return best


def found(arrays: Vectors, probes: Any, limit: Any) -> dict[tuple[int, str], float]:
    near = arrays.near(probes, np.broadcast_to(np.float64(limit), len(probes)))
    triples = zip(near.probe.tolist(), near.person.tolist(), near.distance.tolist(), strict=True)
    answer = {(probe, arrays.ids[person]): distance for probe, person, distance in triples}
    assert list(answer) == sorted(answer) and len(answer) == len(near.probe)
    return answer


@pytest.mark.parametrize("limit", [-0.1, 0.5, 3.0, 5.0, 100.0])
@pytest.mark.parametrize("is_kept", [False, True], ids=["in memory", "in a file"])
def test_equal_to_computing_every_distance(gallery: Gallery, probes: Any, is_kept: bool, limit: float) -> None:
    if is_kept:
        assert gallery.keep_ready(MODEL)
    arrays = gallery.vectors(MODEL)
    assert arrays.is_mapped == is_kept
    expected = {pair: at for pair, at in every_distance(gallery, probes).items() if at <= limit}
    answer = found(arrays, probes, limit)
    assert answer.keys() == expected.keys()
    assert answer == pytest.approx(expected, abs=1e-12)


def test_from_references_the_same_as_from_the_gallery(gallery: Gallery, probes: Any) -> None:
    references = list(gallery.references())
    one, other = Vectors.of_references(references[::-1]), gallery.vectors(MODEL)
    assert found(one, probes, 5.0) == found(other, probes, 5.0)
    assert (one.ids, one.size, len(one)) == (other.ids, SIZE, 30)
    assert one.reference_counts.tolist() == other.reference_counts.tolist() == [n % 3 + 1 for n in range(30)]


@pytest.mark.parametrize("is_kept", [False, True], ids=["in memory", "in a file"])
@pytest.mark.parametrize("people", [0, 1, 2, 29, 30])
def test_only_people_in_scope(gallery: Gallery, probes: Any, people: int, is_kept: bool) -> None:
    if is_kept:
        gallery.keep_ready(MODEL)
    scope = frozenset(f"p{number:02d}" for number in range(people)) | {"nobody"}
    everybody = found(gallery.vectors(MODEL), probes, 6.0)
    arrays = gallery.vectors(MODEL, only=scope)
    answer = found(arrays, probes, 6.0)
    assert answer == pytest.approx({pair: at for pair, at in everybody.items() if pair[1] in scope}, abs=1e-12)
    assert len(arrays) == people
    assert arrays.reference_counts.tolist() == [n % 3 + 1 for n in range(people)]
    # A few of a kept gallery are gathered, most are searched where they lie.
    assert arrays.is_mapped == (is_kept and people > 2)


def test_limits_of_each_face(gallery: Gallery, probes: Any) -> None:
    arrays = gallery.vectors(MODEL)
    limits = np.linspace(2.5, 4.0, len(probes))
    everybody = found(arrays, probes, 100.0)
    assert found(arrays, probes, limits) == {pair: at for pair, at in everybody.items() if at <= limits[pair[0]]}


def test_alone_or_in_company_the_same(gallery: Gallery, probes: Any) -> None:
    arrays = gallery.vectors(MODEL)
    together = found(arrays, probes, 4.0)
    for which in range(len(probes)):
        alone = found(arrays, probes[which : which + 1], 4.0)
        assert {person: at for (_, person), at in alone.items()} == {
            person: at for (probe, person), at in together.items() if probe == which
        }


def test_what_is_not_a_number_is_near_nobody(gallery: Gallery, probes: Any) -> None:
    broken = probes.copy()
    broken[1, 0] = np.nan
    whole = found(gallery.vectors(MODEL), probes, 5.0)
    answer = found(gallery.vectors(MODEL), broken, 5.0)
    assert answer == {pair: at for pair, at in whole.items() if pair[0] != 1}


def test_nobody_enrolled(path: Path, probes: Any) -> None:
    with Gallery.open(path, create=True) as empty:
        arrays = empty.vectors(MODEL)
        assert not empty.keep_ready(MODEL)
    assert (len(arrays), list(arrays.ids), arrays.reference_counts.tolist()) == (0, [], [])
    assert found(arrays, probes, 5.0) == {}


@pytest.mark.parametrize("shape", [(SIZE,), (2, SIZE + 1)])
def test_faces_of_another_length_are_refused(gallery: Gallery, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"probes must be \\(m, {SIZE}\\)"):
        gallery.vectors(MODEL).near(np.zeros(shape, np.float32), np.ones(shape[0]))


def test_equal_templates_of_two_people_both_count(path: Path, make_reference: MakeReference) -> None:
    with Gallery.open(path, create=True) as twins:
        for person in ("b", "a"):
            twins.put(Candidate(person, person), [make_reference("", person, embedding=face(1))])
        assert found(twins.vectors(MODEL), face(1)[None], 0.0) == {(0, "a"): 0.0, (0, "b"): 0.0}


# The file


def test_a_small_gallery_has_no_file(gallery: Gallery, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gallery.keep_ready(MODEL) and kept_file(path).exists()
    monkeypatch.setattr(vectors, "WORTH_A_FILE", 1000)
    assert not gallery.keep_ready(MODEL) and not kept_file(path).exists()


def test_only_the_owner_may_read_it(gallery: Gallery, path: Path) -> None:
    before = os.umask(0)
    try:
        gallery.keep_ready(MODEL)
    finally:
        os.umask(before)
    assert stat.S_IMODE(kept_file(path).stat().st_mode) == 0o600
    assert gallery.summary().mode_ok
    kept_file(path).chmod(0o640)
    assert not gallery.summary().mode_ok


def test_it_is_written_once(gallery: Gallery) -> None:
    assert gallery.keep_ready(MODEL)
    before = gallery._store.noted(VECTORS)
    assert gallery.keep_ready(MODEL)
    assert gallery._store.noted(VECTORS) == before


def test_who_may_only_read_uses_it(gallery: Gallery, path: Path) -> None:
    gallery.keep_ready(MODEL)
    with Gallery.open(path, read_only=True) as reader:
        assert reader.vectors(MODEL).is_mapped
        with pytest.raises(GalleryReadOnlyError):
            reader.keep_ready(MODEL)


CHANGES: dict[str, Callable[[Gallery, MakeReference], object]] = {
    "a person added": lambda g, r: g.put(Candidate("new", "New"), [r("", "n", embedding=face(50))]),
    "a photo added": lambda g, r: g.put(Candidate("p03", "Orang 3"), [r("", "n", embedding=face(50))]),
    "a person removed": lambda g, _: g.remove("p03"),
    "a photo removed": lambda g, _: g.remove_reference(1),
    "embedded again": lambda g, r: g.re_embed("p03", [r("", "p03-0", embedding=face(50))]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_changes_of_templates_remove_it(
    gallery: Gallery, path: Path, change: Callable[[Gallery, MakeReference], object], make_reference: MakeReference
) -> None:
    gallery.keep_ready(MODEL)
    change(gallery, make_reference)
    assert not kept_file(path).exists()
    arrays = gallery.vectors(MODEL)
    assert not arrays.is_mapped
    assert found(arrays, face(50)[None], 9.0).keys() == every_distance(gallery, face(50)[None]).keys()
    assert gallery.keep_ready(MODEL) and gallery.vectors(MODEL).is_mapped


def test_changes_of_people_leave_it(gallery: Gallery, path: Path) -> None:
    gallery.keep_ready(MODEL)
    gallery.put(Candidate("p03", "Nama Lain"))
    gallery.put(Candidate("baru", "Baru"))
    assert kept_file(path).exists() and gallery.vectors(MODEL).is_mapped


def test_it_is_gone_before_a_removal_counts(gallery: Gallery, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process killed at the worst moment leaves the person registered, or the file without them; never neither."""
    gallery.keep_ready(MODEL)
    mark = gallery._store.mark_for_purge

    def killed() -> None:
        mark()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gallery._store, "mark_for_purge", killed)
        with pytest.raises(KeyboardInterrupt):
            gallery.remove("p03")
    # Rolled back, the token as well; but no file has it any more.
    assert gallery.get("p03") and gallery._store.noted(VECTORS)
    assert not kept_file(path).exists()
    assert not gallery.vectors(MODEL).is_mapped


@pytest.mark.parametrize("leftover", [".vectors", ".vectors.new"])
def test_a_removal_takes_what_a_killed_writer_left(gallery: Gallery, path: Path, leftover: str) -> None:
    file = path.with_name(path.name + leftover)
    file.write_bytes(face(3).tobytes())
    gallery.remove("p03")
    assert not file.exists()


def test_removed_people_are_nowhere_on_the_disk(gallery: Gallery, path: Path) -> None:
    gallery.keep_ready(MODEL)
    template = gallery.references("p03")[0].embedding.tobytes()
    assert template in kept_file(path).read_bytes()
    gallery.remove("p03")
    gallery.keep_ready(MODEL)
    gallery.close()
    assert not [file.name for file in path.parent.iterdir() if template in file.read_bytes()]


def test_a_file_that_cannot_be_removed_stops_the_removal(
    gallery: Gallery, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.keep_ready(MODEL)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        with pytest.raises(GalleryReadOnlyError):
            gallery.remove("p03")
    assert gallery.get("p03")


def test_a_writer_that_fails_leaves_nothing(gallery: Gallery, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", full)
        assert not gallery.keep_ready(MODEL)
    assert not [file.name for file in path.parent.iterdir() if "vectors" in file.name]
    assert not gallery.vectors(MODEL).is_mapped


def of_another_gallery(path: Path) -> None:
    with Gallery.open(path.with_name("other.db"), create=True) as other:
        for person in range(10):
            reference = Reference(0, "", "n", f"{person:064d}", MODEL, face(person), 9.0)
            other.put(Candidate(str(person), "N"), [reference])
        assert other.keep_ready(MODEL)
    kept_file(path.with_name("other.db")).replace(kept_file(path))


def of_another_format(path: Path) -> None:
    read = ArraysFile.read(kept_file(path))
    assert read
    with writing_arrays(kept_file(path), {**read.facts, "format": -1}) as writer:
        for name, array in read.arrays.items():
            writer.put(name, array)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "of another gallery": of_another_gallery,
    "of another format": of_another_format,
    "one byte short": lambda path: os.truncate(kept_file(path), kept_file(path).stat().st_size - 1),
    "header only": lambda path: os.truncate(kept_file(path), 65_536),
    "cut in the header": lambda path: os.truncate(kept_file(path), 100),
    "empty": lambda path: os.truncate(kept_file(path), 0),
    "no such file": lambda path: kept_file(path).write_bytes(bytes(70_000)),
    "no header": lambda path: kept_file(path).write_bytes(b"FotoNetral arrays 1\n" + bytes(70_000)),
    "another header": lambda path: kept_file(path).write_bytes(b"FotoNetral arrays 1\n[1]" + bytes(70_000)),
    "a folder": lambda path: (kept_file(path).unlink(), kept_file(path).mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_file_that_is_not_whole_or_not_ours_is_ignored(
    gallery: Gallery, path: Path, probes: Any, damage: Callable[[Path], object]
) -> None:
    gallery.keep_ready(MODEL)
    before = found(gallery.vectors(MODEL), probes, 5.0)
    damage(path)
    arrays = gallery.vectors(MODEL)
    assert not arrays.is_mapped
    assert found(arrays, probes, 5.0) == before


def test_what_is_mapped_stays_when_the_file_goes(gallery: Gallery, probes: Any) -> None:
    gallery.keep_ready(MODEL)
    arrays = gallery.vectors(MODEL)
    before = found(arrays, probes, 5.0)
    gallery.remove("p20")
    assert found(arrays, probes, 5.0) == before


def test_nobody_writes_into_what_is_mapped(gallery: Gallery) -> None:
    gallery.keep_ready(MODEL)
    arrays = gallery.vectors(MODEL)
    with pytest.raises(ValueError, match="read-only"):
        arrays.search.matrix[0, 0] = 1


def test_templates_of_several_models_are_neither_kept_nor_searched(
    gallery: Gallery, path: Path, make_reference: MakeReference
) -> None:
    gallery.put(Candidate("x", "X"), [make_reference("", "x", embedding=face(1), model_id="other")])
    assert not gallery.keep_ready(MODEL) and not kept_file(path).exists()
    with pytest.raises(GalleryModelMismatchError):
        gallery.vectors(MODEL)


def test_templates_of_several_lengths_are_damage(gallery: Gallery, path: Path) -> None:
    gallery._store.write("UPDATE templates SET embedding = x'00000000' WHERE id = 5")
    for attempt in (gallery.vectors, gallery.keep_ready):
        with pytest.raises(GalleryUnreadableError, match="one length"):
            attempt(MODEL)
    assert not [file.name for file in path.parent.iterdir() if "vectors" in file.name]


def test_the_revision_is_noted_with_it(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = gallery.revision
    gallery.keep_ready(MODEL)
    with monkeypatch.context() as patched:
        patched.setattr("candidates.gallery.contents_digest", lambda _store: "computed")
        assert gallery.revision == revision
        gallery.put(Candidate("baru", "Baru"))
        assert gallery.revision == "computed"
    assert gallery.revision != revision
