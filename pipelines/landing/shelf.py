"""The parts of one feed of one source while files are taken: read once, kept in step with the disk. No file is read."""

from pathlib import Path

from pipelines.landing.bundles import BUNDLES, bundles_of
from pipelines.landing.parts import (
    Damage,
    Manifest,
    commit,
    damaged_for_good,
    mark,
    read_parts,
    remove_leftovers,
)
from pipelines.landing.remembered import HASHES
from pipelines.landing.repeats import REPEATS


class Shelf:
    """What is already taken. Of one file's content there is one part: the one taken last."""

    def __init__(self, folder: Path, landed_hashes: set[str]) -> None:
        """`landed_hashes` are those of the files in the data folder. BadInput when a damaged part has no such file."""
        self.folder = folder
        parts, damages = read_parts(folder)
        self._parts = {part.file_hash: part for part in parts}
        self._newest_of_name: dict[str, str] = {}
        for part in parts:
            self._note(part)
        self._damaged: dict[str, Damage] = {}
        for damage in damages:
            file_hashes = [file_hash for file_hash in landed_hashes if file_hash.startswith(damage.part.split("-")[0])]
            if not file_hashes:
                raise damaged_for_good(damage)
            self._damaged[file_hashes[0]] = damage
        self.tidy()

    @property
    def parts(self) -> list[Manifest]:
        """The sound parts."""
        return list(self._parts.values())

    def find(self, part: str, file_hash: str) -> Manifest | None:
        """The part of this name, if it is there and sound."""
        known = self._parts.get(file_hash)
        return known if known and known.part == part else None

    def seen_again(self, known: Manifest, name: str, now: str) -> Manifest:
        """A known part whose file was found under `name`: landed anew if that name held other content meanwhile."""
        if known.file_name != name or self._newest_of_name[name] <= known.ingested_at:
            return known
        landed = self._landed(known, now)
        mark(self.folder, landed)
        self._add(landed)
        return landed

    def add(self, made: Manifest, work: Path) -> Manifest:
        """Commits a part made in `work`; a new recipe does not make an old file the newest one.

        That a damaged part had to be made again is among its remarks.
        """
        landed = self._landed(made, made.ingested_at)
        if damage := self._damaged.get(made.file_hash):
            remark = f"its part in the lake {damage.fault} ({damage.file.name}): taken again on {made.ingested_at[:10]}"
            landed = landed.model_copy(update={"remarks": (*landed.remarks, remark)})
        commit(self.folder, work, landed)
        self._add(landed)
        return landed

    def tidy(self) -> None:
        """Removes what killed runs left behind and what was replaced; what is damaged stays until it is."""
        if self.folder.is_dir():
            damaged = {damage.part for file_hash, damage in self._damaged.items() if file_hash not in self._parts}
            parts = {part.part for part in self._parts.values()}
            made_of_them = {HASHES, REPEATS, BUNDLES, *bundles_of(self.folder, parts)}
            remove_leftovers(self.folder, damaged | parts | made_of_them)

    def _landed(self, part: Manifest, now: str) -> Manifest:
        """The part with the moments of its landings, which an earlier taking of the same content may know."""
        earlier = self._parts.get(part.file_hash) or self._damaged.get(part.file_hash)
        if earlier is None:
            return part
        moments: dict[str, object] = {"ingested_at": earlier.ingested_at, "landed_before": earlier.landed_before}
        if self._newest_of_name.get(part.file_name, "") > earlier.ingested_at:
            moments = {"ingested_at": now, "landed_before": (*earlier.landed_before, earlier.ingested_at)}
        return part.model_copy(update=moments)

    def _add(self, part: Manifest) -> None:
        self._parts[part.file_hash] = part
        self._note(part)

    def _note(self, part: Manifest) -> None:
        self._newest_of_name[part.file_name] = max(self._newest_of_name.get(part.file_name, ""), part.ingested_at)
