"""Writes the folder of a shared run.

README.md            the model card
artgan.json          what it says of itself, and the SHA-256 of the files of the run
run.toml             its settings, without folders of whoever made it
checkpoints/         the best weights, without the state of training
sheet.png            16 seeds, not chosen
site/index.html      the page that runs the generator in a browser

It is laid out as the folder of a run, so that whatever takes a run takes it as well.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import structs

from artgan.base.paths import explaining, rename_folder, replacing, write_text
from artgan.base.tables import read_toml
from artgan.base.tensors import save_file
from artgan.core.checkpoint import FORMAT, of_network, read_tensors
from artgan.core.config import RunConfig
from artgan.core.requirements import plugin_versions
from artgan.core.run import TrainedRun
from artgan.core.run_toml import to_toml
from artgan.errors import ArtganError, RunError, UnknownNameError
from artgan.exporting.export import export_run
from artgan.hub.manifest import FILE, Manifest, file_sha256, find_manifest, write_manifest
from artgan.plugin.hosts import HowToUse
from artgan.plugin.leftovers import temporary_folder
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import FileOptions, write_samples
from artgan.sharing.card import CardFacts, data_of, write_card
from artgan.sharing.licence import check_licence
from artgan.sheets.grid import contact_sheet
from artgan.starts.hosts import find_hosted
from artgan.starts.names import is_start

SEEDS = 16

PAGE = "site/index.html"

VERSIONS = ("artgan", "torch", "numpy", "pillow", "python", "threads", "plugins")
"""Keys of ``made-with`` that are shared: what software made the run, nothing else of a machine."""


@dataclass(frozen=True, kw_only=True)
class ShareFacts:
    """What whoever shares a run says of it.

    Attributes:
        licence: Licence of the weights, an SPDX expression such as "CC-BY-4.0".
        author: Who trained it, or "".
        data: What it was trained on, in their words, or "" for what the dataset declares.
        use: How others get it from where it is published, or None.
        keep_mark: Whether sheet and page say, for machines, that a trained model made them; None
            does as the run does.
    """

    licence: str
    author: str = ""
    data: str = ""
    use: HowToUse | None = None
    keep_mark: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "licence", check_licence(self.licence))


@dataclass(frozen=True)
class Shared:
    """A folder that was written; ``files`` are named inside it, ``notes`` say what is missing."""

    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SharedTo(Shared):
    """A folder that was written, and what others begin with if it was published, or ""."""

    name: str = ""


def share_run(
    run: TrainedRun, folder: Path, facts: ShareFacts, *, overwrite: bool = False
) -> Shared:
    """Write the folder of a shared run, whole or not at all.

    Raises:
        RunError: There is something else in the folder, or the run has no checkpoint.
    """
    earlier = _earlier(folder, run, overwrite=overwrite)
    place = folder.resolve()
    with explaining(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(place) as made:
            shared = _write(run, made, facts)
            if place.exists():
                _move_into(place, made, shared.files, earlier)
            else:
                rename_folder(made, place)
    return replace(shared, folder=folder)


def _earlier(folder: Path, run: TrainedRun, *, overwrite: bool) -> Manifest | None:
    """Read what an earlier share wrote there, which may be replaced; refuse anything else."""
    if folder.resolve() == run.path.resolve():
        raise RunError(f"'{folder}' is the run itself; choose another folder with --out")
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    earlier = find_manifest(folder)
    if earlier is None:
        raise RunError(f"'{folder}' holds something else than a shared run; choose another folder")
    if not overwrite:
        raise RunError(f"'{folder}' holds a shared run already; use --overwrite or another folder")
    return earlier


def _write(run: TrainedRun, folder: Path, facts: ShareFacts) -> Shared:
    config = _without_places(run.config, run)
    made_with = _made_with(run)
    weights = _write_weights(run, folder)
    write_text(folder / "run.toml", to_toml(config, made_with))
    keep_mark = config.keep_mark if facts.keep_mark is None else facts.keep_mark
    _write_sheet(run, folder / "sheet.png", keep_mark)
    missing = _write_page(run, folder / PAGE, keep_mark)
    about = CardFacts(
        run.path.resolve().name, facts.licence, facts.author, facts.data, facts.use,
        page=not missing, made_with=made_with,
        plugins=plugin_versions([config.architecture.name], run.registry),
    )  # fmt: skip
    write_text(folder / "README.md", write_card(run, config, about))
    files = ("run.toml", *weights)
    hashes = {name: file_sha256(folder / name) for name in files}
    said = facts.data or data_of(run, config)
    manifest = Manifest(
        name=about.name, licence=facts.licence, author=facts.author, data=said,
        step=run.checkpoint.step, weights=hashes[weights[0]], files=hashes,
    )  # fmt: skip
    write_manifest(folder, manifest)
    page = () if missing else (PAGE,)
    return Shared(folder, (*files, "README.md", FILE, "sheet.png", *page), missing)


def _move_into(folder: Path, made: Path, files: Sequence[str], earlier: Manifest | None) -> None:
    """Replace the files of an earlier share, if there was one; others stay.

    The manifest comes first: by it a folder in which this was cut off is known as a shared run.
    """
    for name in sorted(files, key=lambda name: name != FILE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(folder / name)
    for name in {*(earlier.files if earlier else ()), PAGE} - {*files}:
        (folder / name).unlink(missing_ok=True)


def _without_places(config: RunConfig, run: TrainedRun) -> RunConfig:
    """Leave out of settings where on this machine something lies, and styles that stay here."""
    named = isinstance(config.style, str) and _is_known("style", config.style, run)
    base = config.base
    if base and not is_start(base) and not _is_hosted(base, run):
        base = _last_part(base)
    return structs.replace(
        config,
        path=_last_part(config.path),
        base=base,
        style=config.style if named else "none",
        knobs=config.knobs if named else {},
    )


def _is_hosted(base: str, run: TrainedRun) -> bool:
    try:
        return find_hosted(base, run.registry) is not None
    except ArtganError:
        return False


def _is_known(kind: str, name: str, run: TrainedRun) -> bool:
    try:
        run.registry.find(kind, name)
    except UnknownNameError:
        return False
    return True


def _last_part(path: str) -> str:
    """Return the name of a file or folder without where it lies, on any system."""
    kind = PureWindowsPath if "\\" in path else PurePath
    return kind(path).name


def _made_with(run: TrainedRun) -> Mapping[str, Any]:
    found = read_toml(run.folder.config_file, RunError).get("made-with", {})
    return {key: found[key] for key in VERSIONS if key in found}


def _write_weights(run: TrainedRun, folder: Path) -> tuple[str, str]:
    """Write the networks of the best checkpoint, without what only more training needs."""
    checkpoint = run.checkpoint
    tensors = {name: value for name, value in read_tensors(checkpoint).items() if of_network(name)}
    stem = f"checkpoints/{checkpoint.step:06d}"
    file = folder / f"{stem}.safetensors"
    with replacing(file) as temporary:
        save_file(tensors, temporary)
    about = {
        "format": FORMAT,
        "step": checkpoint.step,
        "architecture": checkpoint.architecture,
        "quality": checkpoint.quality,
        "sha256": file_sha256(file),
    }
    write_text(folder / f"{stem}.json", json.dumps(about, indent=1) + "\n")
    return f"{stem}.safetensors", f"{stem}.json"


def _write_sheet(run: TrainedRun, file: Path, keep_mark: bool) -> None:
    options = FileOptions(keep_record=False, keep_mark=keep_mark)
    with TemporaryDirectory() as place:
        written = write_samples(run, SampleRequest(range(SEEDS)), Path(place), options)
        contact_sheet(written.files, file, ground=run.config.ground, keep_mark=keep_mark)


def _write_page(run: TrainedRun, file: Path, keep_mark: bool) -> tuple[str, ...]:
    """Write the page; return why there is none, if the generator computes what no page can."""
    try:
        export_run(run, file, "core/web", keep_mark=keep_mark)
    except ArtganError as error:
        return (f"there is no page for browsers: {error}",)
    return ()
