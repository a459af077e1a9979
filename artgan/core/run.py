"""A trained run: sample it, style what it makes, write the pictures."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.core.config import RunConfig
from artgan.core.labels import label_name
from artgan.core.missing import missing_plugins, plugin_versions, require
from artgan.core.naming import check_pattern, fill_pattern, record_hash
from artgan.core.registry import Registry, default_registry
from artgan.core.run_folder import RunFolder
from artgan.errors import ArtganError, RunError, UnknownNameError

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from artgan.core.checkpoint import Checkpoint
    from artgan.core.directions import Directions
    from artgan.core.images import Pixels
    from artgan.core.observers import Observers
    from artgan.core.points import Point, Steering
    from artgan.core.project import Projected
    from artgan.core.styles import Chain


PATTERN_FIELDS = ("name", "run", "seed", "style", "arch", "step", "date", "hash")
"""What may stand in braces in the names of samples."""


@dataclass(frozen=True)
class Sample:
    """One picture of a run.

    Attributes:
        seed: What it follows from.
        raw: Pixels (H, W, C) as the generator made them.
        styled: The picture after the style, or None if a filter failed.
        record: What made it; goes into its file.
        error: Why the style failed, or "".
        name: What its file is called, before the style and the ending.
        raw_record: What made the raw picture.
    """

    seed: int
    raw: "Pixels"
    styled: "Image | None"
    record: Mapping[str, Any]
    error: str = ""
    name: str = ""
    raw_record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"seed {self.seed}" if self.name == f"s{self.seed:05d}" else self.name


@dataclass(frozen=True)
class Run:
    """A run in a folder.

    Attributes:
        path: Its folder.
        config: What it was made with.
        registry: Where styles and plugins are looked up.
    """

    path: Path
    config: RunConfig
    registry: Registry = field(default_factory=default_registry, repr=False)

    @property
    def folder(self) -> RunFolder:
        """The files of the run."""
        return RunFolder(self.path)

    @cached_property
    def checkpoint(self) -> "Checkpoint":
        """The checkpoint that samples are drawn from: the best by measured quality.

        Raises:
            RunError: There is none yet.
        """
        best = self.folder.best_checkpoint()
        if best is None:
            raise RunError(
                f"run '{self.path}' has no checkpoint yet: train it with artgan resume {self.path}"
            )
        return best

    def at(self, sha256: str) -> "Run":
        """Give the run with the checkpoint whose file has that SHA-256, in place of the best.

        Raises:
            RunError: There is none.
        """
        from artgan.core.checkpoint import list_checkpoints

        for checkpoint in list_checkpoints(self.folder.checkpoints):
            if checkpoint.sha256 == sha256:
                run = Run(self.path, self.config, self.registry)
                # Where a cached property keeps its value.
                vars(run)["checkpoint"] = checkpoint
                return run
        raise RunError(f"run '{self.path}' has no checkpoint with the SHA-256 {sha256}")

    @cached_property
    def generator(self) -> "torch.nn.Module":
        """The averaged generator with its trained weights, on the best device here."""
        from artgan.core.build import build_generator
        from artgan.core.checkpoint import load_network, read_tensors
        from artgan.core.device import pick_device

        generator = build_generator(self.config, self.registry)
        tensors = read_tensors(self.checkpoint)
        load_network(generator, tensors, "generator_ema", self.checkpoint.path)
        generator.requires_grad_(False)
        return generator.eval().to(pick_device(None))

    @cached_property
    def discriminator(self) -> "torch.nn.Module":
        """The discriminator with its trained weights, on the best device here."""
        from artgan.core.build import build_networks
        from artgan.core.checkpoint import load_network, read_tensors
        from artgan.core.device import pick_device

        _, discriminator = build_networks(self.config, self.registry)
        tensors = read_tensors(self.checkpoint)
        load_network(discriminator, tensors, "discriminator", self.checkpoint.path)
        discriminator.requires_grad_(False)
        return discriminator.eval().to(pick_device(None))

    def project(
        self,
        picture: "Image | str | Path",
        *,
        steps: int = 200,
        label: int | None = None,
        report: Callable[[str], None] = lambda _: None,
        show: Callable[[int], None] = lambda _: None,
    ) -> "Projected":
        """Find the point in latent space whose picture is nearest to a picture.

        Args:
            picture: A PIL image, or a file; one of another size is cut and resized.
            steps: Steps of optimization; more come nearer.
            label: Class to look in; None looks in all.
            report: Called with a sentence for each thing that was done to the picture.
            show: Called after every step.

        Returns:
            The point, for ``samples`` and ``animate``, and how near its picture is.

        Raises:
            ArtganError: The picture, the steps or the label cannot be used.
        """
        from artgan.core.pictures import from_pil, read_picture
        from artgan.core.project import fit_picture, project

        path = isinstance(picture, str | Path)
        opened = read_picture(Path(picture)) if path else from_pil(picture)  # type: ignore[arg-type]
        config = self.config
        background = str(config.dataset.options.get("background", "000000"))
        target, notes = fit_picture(
            opened, config.height, config.width, config.channels, background
        )
        for note in notes:
            report(note)
        return project(
            self.generator,
            self.discriminator,
            target,
            steps=steps,
            label_weights=config.label_weights,
            label=label,
            show=show,
        )

    def samples(
        self,
        seeds: "Iterable[int] | Iterable[Point]",
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
        *,
        truncation: float = 1.0,
        moves: Mapping[str, float] | None = None,
        mix: tuple[int, int] | None = None,
        steering: "Steering | None" = None,
    ) -> Iterator[Sample]:
        """Make pictures one by one, in constant memory.

        Args:
            seeds: One for each picture; the same seed gives the same picture, always. Or points
                in latent space, from ``points``.
            style: A style's name, a chain, or "none".
            knobs: Values for the style's knobs.
            label: Class of all pictures; None lets each seed draw its own.
            truncation: 1 is as trained; smaller is more usual and less varied, 0 the mean picture.
            moves: Direction of the run -> how far, in standard deviations.
            mix: (seed, layer): that seed's styles from that layer on, where there are styles.
            steering: In place of the three above, from ``steering`` or ``recorded``.

        Yields:
            A sample for each seed, in order. A filter that fails leaves ``styled`` empty and says
            why in ``error``; the others go on.
        """
        from artgan.core.pictures import from_pixels, to_pil
        from artgan.core.points import Point, check_steering, render_points, seed_points
        from artgan.core.records import pixel_hash
        from artgan.core.styles import apply_style

        asked: list[Any] = list(seeds)
        weights = self.config.label_weights
        given = bool(asked) and isinstance(asked[0], Point)
        points = asked if given else seed_points(self.generator, asked, weights, label)
        chain = self.chain(style, knobs)
        steering = steering or self.steering(truncation, moves, mix)
        check_steering(self.generator, steering, weights)
        made = render_points(self.generator, points, steering)
        common = self.record(0, label)
        for index, (point, pixels) in enumerate(made):
            record = {**common, "seed": point.seed}
            about = {**point.facts, **steering.about}
            record = {**record, **({"latents": about} if about else {})}
            record["raw_sha256"] = pixel_hash(pixels)
            name = point.name + steering.suffix
            try:
                picture = from_pixels(pixels, wraps=self.wraps)
                styled = apply_style(
                    chain,
                    picture,
                    registry=self.registry,
                    seed=point.seed,
                    index=index,
                    total=len(asked),
                )
            except ArtganError as error:
                yield Sample(point.seed, pixels, None, record, str(error), name, record)
                continue
            styled_record = {**record, "style": styled.record}
            finished = to_pil(styled.picture)
            finished.info["artgan"] = styled_record
            yield Sample(point.seed, pixels, finished, styled_record, "", name, record)

    def points(
        self,
        seeds: Iterable[int] = (),
        *,
        blend: str | None = None,
        file: str | Path | None = None,
        label: int | None = None,
    ) -> "list[Point]":
        """Give places in latent space, for ``samples`` and ``animate``.

        Args:
            seeds: A place for each.
            blend: Arithmetic of seeds, such as "3 - 5 + 9".
            file: A safetensors file of latents or styles, as ``artgan project`` writes.
            label: Class of all; None lets each seed draw its own.

        Raises:
            ArtganError: The arithmetic, the file or the label cannot be used.
        """
        from artgan.core.points import read_points, seed_points, sum_point

        generator, weights = self.generator, self.config.label_weights
        found = list(seed_points(generator, seeds, weights, label))
        if blend is not None:
            found.append(sum_point(generator, blend, weights, label))
        if file is not None:
            found += read_points(Path(file), generator, weights, label)
        return found

    def recorded(self, record: Mapping[str, Any]) -> "tuple[Point, Steering]":
        """Give the point that a record tells of, and how it was steered, to make it again.

        ``run.samples([point], label=record.get("label"), steering=steering)`` gives the picture
        and the record again, but for the style. What is needed stands in the record: directions
        may have been found anew or renamed since.

        Raises:
            ArtganError: The record is damaged.
        """
        from artgan.core.points import point_of, read_steering

        about = record.get("latents", {})
        weights, label = self.config.label_weights, record.get("label")
        point = point_of(about, int(record["seed"]), self.generator, weights, label)
        return point, read_steering(about)

    def find_directions(self, count: int = 8, *, method: str = "components") -> "Directions":
        """Find directions that change pictures in one way each, and keep them in the run.

        Args:
            count: How many, strongest first.
            method: "components" (what varies most) or "sefa" (what the first weights answer to
                most).

        Raises:
            ArtganError: There is no such method, or nothing to look at.
        """
        from artgan.core.directions import Directions, find_directions, write_directions

        classes = self.config.classes
        vectors, in_styles = find_directions(
            self.generator, count=count, method=method, classes=classes
        )
        names = tuple(str(number) for number in range(len(vectors)))
        found = Directions(vectors, names, in_styles, method, self.checkpoint.sha256)
        write_directions(self.path, found)
        return found

    def steering(
        self,
        truncation: float = 1.0,
        moves: Mapping[str, float] | None = None,
        mix: tuple[int, int] | None = None,
    ) -> "Steering":
        """Give what is done to points before the generator sees them; takes parts of ``samples``.

        Raises:
            ArtganError: A value is out of range, or there is no such direction.
        """
        from artgan.core.directions import read_directions
        from artgan.core.points import Mix, Shift, Steering

        shifts = []
        if moves:
            known = read_directions(self.path, self.checkpoint.sha256)
            for name, amount in moves.items():
                place = known.find(str(name))
                vector, called = known.vectors[place], known.names[place]
                shifts.append(Shift(called, vector, known.in_styles, float(amount)))
        return Steering(truncation, tuple(shifts), Mix(*mix) if mix else None)

    def chain(self, style: Any, knobs: Mapping[str, Any] | None = None) -> "Chain":
        """Give a style as a checked chain of filters.

        Raises:
            ArtganError: It cannot be used; says which plugin is missing, if one is.
        """
        from artgan.core.style_checks import check_chain
        from artgan.core.styles import parse_style

        try:
            chain = parse_style(style, self.registry, knobs=knobs)
            check_chain(chain, self.registry)
        except UnknownNameError as error:
            versions = self.folder.plugins()
            absent = missing_plugins([f"{name}/" for name in versions], versions, self.registry)
            if not absent:
                raise
            raise UnknownNameError(
                f"{error} The run was made with {'; and '.join(absent)}"
            ) from error
        return chain

    @property
    def wraps(self) -> tuple[bool, bool]:
        """Whether its pictures repeat without a seam, downwards and across."""
        tileable = bool(self.config.architecture.options.get("tileable", False))
        return tileable, tileable

    def sample(
        self,
        seeds: "Iterable[int] | Iterable[Point]",
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
        **more: Any,
    ) -> "list[Image]":
        """Make pictures as PIL images; ``picture.info["artgan"]`` holds the record of each.

        Takes the arguments of ``samples``.

        Raises:
            ArtganError: A filter failed.
        """
        pictures = []
        for sample in self.samples(seeds, style, knobs, label, **more):
            if sample.styled is None:
                raise RunError(f"{sample.title}: {sample.error}")
            pictures.append(sample.styled)
        return pictures

    def record(self, seed: int, label: int | None = None) -> dict[str, Any]:
        """Give what a raw sample follows from, as plain values."""
        import torch

        from artgan.core.device import pick_device
        from artgan.core.records import versions

        config = self.config
        plugins = plugin_versions([config.architecture.name], self.registry)
        return {
            "format": 1,
            **versions(),
            "torch": str(torch.__version__),
            "device": pick_device(None).partition(":")[0],
            "run": self.path.resolve().name,
            "architecture": config.architecture.name,
            "options": dict(config.architecture.options),
            "dataset": config.dataset.name,
            **self._licence(),
            "loss": config.loss.name,
            "size": [config.width, config.height],
            "wraps": list(self.wraps),
            "step": self.checkpoint.step,
            "weights_sha256": self.checkpoint.sha256,
            "seed": seed,
            **({} if label is None else {"label": label}),
            **({"plugins": plugins} if plugins else {}),
        }

    def _licence(self) -> dict[str, str]:
        try:
            entry = self.registry.find("dataset", self.config.dataset.name)
        except UnknownNameError:
            # The plugin that read the pictures need not be here to sample.
            return {}
        return {"dataset_licence": entry.declaration.licence}

    def animate(
        self,
        seeds: "Iterable[int] | Iterable[Point]",
        out: str | Path,
        *,
        seconds: float | None = None,
        fps: float = 24,
        loop: bool = False,
        walk: bool = False,
        way: str = "smooth",
        sound: str | Path | None = None,
        beats: int = 2,
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
        size: int | None = None,
        truncation: float = 1.0,
        moves: Mapping[str, float] | None = None,
        mix: tuple[int, int] | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write an animation that moves through latent space.

        Args:
            seeds: Key frames in order; or points, from ``points``.
            out: .gif, .webp, .apng, .png, .mp4 or .webm; or a folder, for a PNG of each frame.
            seconds: How long; None takes 3 for each key frame, or the sound's length.
            fps: Frames a second.
            loop: Lead back to the first frame without a jump, and play for ever.
            walk: Walk at random from the first seed rather than through all.
            way: "smooth" (round corners), "spherical" (arcs) or "linear" from key to key.
            sound: A WAV file whose beats the key frames fall on.
            beats: Beats from one key frame to the next.
            style: A style's name, a chain, or "none".
            knobs: Values for the style's knobs.
            label: Class of all frames; None blends those of the key frames.
            size: Shorter side in pixels; None takes the style's own, small ones enlarged.
            truncation: As ``samples`` takes it.
            moves: As ``samples`` takes them.
            mix: As ``samples`` takes it.
            overwrite: Replace a file of that name.

        Returns:
            What was written.

        Raises:
            ArtganError: A value is out of range, the style failed, or the file is there.
        """
        from artgan.core.animate import Motion, plan_animation, write_animation

        animation = plan_animation(
            self,
            seeds,
            Motion(seconds, fps, loop, walk, way, sound, beats),
            label=label,
            style=style,
            knobs=knobs,
            size=size,
            truncation=truncation,
            moves=moves,
            mix=mix,
        )
        return write_animation(animation, Path(out), overwrite=overwrite)


def load_run(path: str | Path, registry: Registry | None = None) -> Run:
    """Open a run folder.

    Raises:
        RunError: There is no run, or its record is damaged.
    """
    path = Path(path)
    if not path.is_dir():
        raise RunError(f"there is no run folder '{path}'")
    registry = registry or default_registry()
    config = RunFolder(path).read_config()
    folder = RunFolder(path)
    require(f"run '{path}'", [config.architecture.name], folder.plugins(), registry)
    registry.find("architecture", config.architecture.name)
    return Run(path, config, registry)


@dataclass(frozen=True)
class Written:
    """What ``write_samples`` did.

    Attributes:
        files: Pictures written, styled ones where there is a style.
        errors: "seed 7: ..." for pictures whose style failed.
    """

    files: tuple[Path, ...]
    errors: tuple[str, ...] = ()


def style_label(style: Any) -> str:
    """Give a short name of a style for file names."""
    text = style if isinstance(style, str) else "chain"
    if text.endswith(".toml") and not set(text) & set("|:"):
        text = Path(text).stem
    plain = "".join(c if c.isalnum() or c == "-" else "-" for c in text.lower())
    return plain.strip("-")[:40] or "chain"


def write_samples(
    run: Run,
    seeds: "Iterable[int] | Iterable[Point]",
    style: Any,
    folder: Path,
    *,
    knobs: Mapping[str, Any] | None = None,
    label: int | None = None,
    overwrite: bool = False,
    keep_raw: bool = True,
    keep_record: bool = True,
    ending: str = "png",
    pattern: str | None = None,
    side_files: bool = False,
    observers: "Observers | None" = None,
    show: Callable[[int], None] = lambda _: None,
    **more: Any,
) -> Written:
    """Write samples as files that carry their records.

    Args:
        run: The run to sample.
        seeds: One for each picture, or points from ``Run.points``.
        style: A style, or "none" for raw pictures alone.
        folder: Where to; made if needed.
        knobs: Values for the style's knobs.
        label: Class of all pictures.
        overwrite: Replace files of the same name that differ.
        keep_raw: Write the raw picture beside the styled one.
        keep_record: Whether what made a picture is written into its file.
        ending: Format of the files: png, jpg, webp or tiff.
        pattern: What files are called, without ending, as in "{arch}-s{seed:05d}-{style}"; None
            takes the name of each sample and the style. Without {style} no raw picture is written.
        side_files: Write what made each picture beside it too, as JSON.
        observers: Told of each picture; None tells those of the run's registry.
        show: Told how many are made.
        **more: Truncation, moves and mix, as ``Run.samples`` takes them.

    Raises:
        RunError: A different file of that name is there.
    """
    from artgan.core.images import to_pil
    from artgan.core.observers import Observers
    from artgan.core.writing import ordered_writer

    told = observers or Observers(run.registry)
    name, files, errors = style_label(style), [], []
    if pattern is not None:
        check_pattern(pattern, PATTERN_FIELDS, ("name", "seed", "hash"))
        keep_raw = keep_raw and "{style" in pattern
    labelled = "" if label is None else f"-{label_name(label, run.config.class_names)}"
    save = partial(_save_sample, overwrite=overwrite, side_file=side_files)
    with ordered_writer(save) as write:
        for number, sample in enumerate(run.samples(seeds, style, knobs, label, **more), 1):
            named = sample.name + labelled
            plans: list[tuple[str, Any, Mapping[str, Any]]] = []
            if keep_raw or name == "none":
                plans.append(("raw", to_pil(sample.raw), sample.raw_record))
            if sample.error:
                errors.append(f"{sample.title}: {sample.error}")
            elif name != "none" and sample.styled is not None:
                plans.append((name, sample.styled, sample.record))
            for kind, picture, record in plans:
                called = f"{named}-{kind}"
                if pattern is not None:
                    called = fill_pattern(
                        pattern, {**_name_facts(sample, kind, record), "name": named}
                    )
                path = folder / f"{called}.{ending}"
                shown = "none" if kind == "raw" else kind
                tell = partial(
                    told.call, "artgan_sample_saved", path=path, seed=sample.seed, style=shown
                )
                write(tell, picture, path, record if keep_record else None)
                if kind == plans[-1][0]:
                    files.append(path)
            show(number)
    return Written(tuple(files), tuple(errors))


def _name_facts(sample: Sample, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run": record["run"],
        "seed": sample.seed,
        "style": kind,
        "arch": record["architecture"].rpartition("/")[2],
        "step": record["step"],
        "date": date.today().isoformat(),
        "hash": record_hash(record)[:8],
    }


def _save_sample(
    picture: "Image",
    path: Path,
    record: Mapping[str, Any] | None,
    *,
    overwrite: bool,
    side_file: bool,
) -> None:
    from artgan.core.pictures import save_picture, save_side_file

    save_picture(picture, path, record, overwrite=overwrite)
    if side_file and record is not None:
        save_side_file(path, record, overwrite=overwrite)
