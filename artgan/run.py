"""What can be made of a trained run: samples, animations, points, directions, projections."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.base.public import public
from artgan.base.tables import split_keywords
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import RunError
from artgan.latents.directions import keep_directions, resolve_steering
from artgan.latents.steering import SteeringOptions
from artgan.plugin_manager.load import registry_with
from artgan.sampling.samples import (
    Sample,
    SampleRequest,
    find_points,
    make_samples,
    recorded_point,
    style_chain,
)

if TYPE_CHECKING:
    from PIL.Image import Image

    from artgan.latents.directions import Directions
    from artgan.latents.points import Point
    from artgan.latents.project import Projected
    from artgan.latents.steering import Steering
    from artgan.styling.chain import Chain


class Run(TrainedRun):
    """A trained run in a folder, ready to be sampled.

    Attributes:
        path: Its folder.
        config: What it was made with.
        registry: Where styles and plugins are looked up.
    """

    @public
    def samples(
        self,
        seeds: "Iterable[int] | Iterable[Point]",
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
        *,
        steering: "Steering | None" = None,
        **steered: Any,
    ) -> Iterator[Sample]:
        """Make pictures one by one, in constant memory.

        Args:
            seeds: One for each picture; the same seed gives the same picture, always. Or points
                in latent space, from ``points``.
            style: A style's name, a chain, or "none".
            knobs: Values for the style's knobs.
            label: Class of all pictures; None lets each seed draw its own.
            steering: From ``steering`` or ``recorded``, in place of the next.
            **steered: ``truncation``, ``moves``, ``mix``, ``latents`` and ``sampler``; see
                ``SteeringOptions``.

        Yields:
            A sample for each seed, in order. A filter that fails leaves ``styled`` empty and says
            why in ``error``; the others go on.
        """
        steering = steering or self.steering(**steered)
        return make_samples(self, SampleRequest(seeds, style, knobs or {}, label, steering))

    @public
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

    @public
    def animate(
        self,
        seeds: "Iterable[int] | Iterable[Point]",
        out: str | Path,
        *,
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
        overwrite: bool = False,
        keep_record: bool = True,
        keep_mark: bool = True,
        **settings: Any,
    ) -> Path:
        """Write an animation that moves through latent space.

        Args:
            seeds: Key frames in order; or points, from ``points``.
            out: .gif, .webp, .apng, .png, .mp4 or .webm; or a folder, for a PNG of each frame.
            style: A style's name, a chain, or "none".
            knobs: Values for the style's knobs.
            label: Class of all frames; None blends those of the key frames.
            overwrite: Replace a file of that name.
            keep_record: Whether the record is written.
            keep_mark: Whether it is written, for machines, that a trained model made it.
            **settings: How it moves: the fields of ``Motion`` (``seconds``, ``fps``, ``loop``,
                ``walk``, ``way``, ``sound``, ``beats``, ``size``) and of ``SteeringOptions``
                (``truncation``, ``moves``, ``mix``, ``latents``, ``sampler``).

        Returns:
            The file or folder written.

        Raises:
            ArtganError: A value is out of range, the style failed, or the file is there.
        """
        from artgan.animation.animate import plan_animation, write_animation
        from artgan.animation.motion import Motion
        from artgan.pictures.marks import metadata_of

        motion, steered = split_keywords("animate", settings, Motion, SteeringOptions)
        request = SampleRequest(seeds, style, knobs or {}, label, resolve_steering(self, steered))
        animation = plan_animation(self, request, motion)
        about = partial(metadata_of, keep_record=keep_record, keep_mark=keep_mark)
        return write_animation(animation, Path(out), overwrite=overwrite, about=about)

    @public
    def points(
        self,
        seeds: Iterable[int] = (),
        *,
        blend: str | None = None,
        file: str | Path | None = None,
        label: int | None = None,
    ) -> "list[Point]":
        """Return points in latent space, for ``samples`` and ``animate``.

        Args:
            seeds: A point for each.
            blend: Arithmetic of seeds, such as "3 - 5 + 9".
            file: A safetensors file of latents or styles, as ``artgan project`` writes.
            label: Class of all; None lets each seed draw its own.

        Raises:
            ArtganError: The arithmetic, the file or the label cannot be used.
        """
        return find_points(self, seeds, blend=blend, file=file, label=label)

    @public
    def recorded(self, record: Mapping[str, Any]) -> "tuple[Point, Steering]":
        """Return the point that a record describes, and how it was steered, to make it again.

        ``run.samples([point], label=record.get("label"), steering=steering)`` makes the picture
        and the record again, but for the style. All that is needed is in the record: directions
        may have been found anew or renamed since.

        Raises:
            ArtganError: The record is damaged.
        """
        return recorded_point(self, record)

    @public
    def steering(self, **steered: Any) -> "Steering":
        """Check and resolve ``truncation``, ``moves``, ``mix``, ``latents`` and ``sampler``.

        See ``SteeringOptions``.

        Raises:
            ArtganError: A value is out of range, or there is no such direction.
        """
        (options,) = split_keywords("steering", steered, SteeringOptions)
        return resolve_steering(self, options)

    @public
    def chain(self, style: Any, knobs: Mapping[str, Any] | None = None) -> "Chain":
        """Parse and check a style.

        Raises:
            ArtganError: It cannot be used; says which plugin is missing, if one is.
        """
        return style_chain(self, style, knobs)

    @public
    def find_directions(self, count: int = 8, *, method: str = "components") -> "Directions":
        """Find directions that change pictures in one way each, and keep them in the run.

        Args:
            count: How many, strongest first.
            method: "components" (what varies most) or "sefa" (what the first weights answer to
                most).

        Raises:
            ArtganError: There is no such method, or nothing to look at.
        """
        return keep_directions(self, count, method)

    @public
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
        from artgan.latents.project import project_picture
        from artgan.pictures.files import from_pil, read_picture

        if isinstance(picture, str | Path):
            opened = read_picture(Path(picture), report)
        else:
            opened = from_pil(picture, report)
        return project_picture(self, opened, steps=steps, label=label, report=report, show=show)


@public
def load_run(
    path: str | Path, registry: Registry | None = None, *, plugins: Sequence[str | Path] = ()
) -> Run:
    """Open a run folder.

    Args:
        path: The folder.
        registry: Where names are looked up; None takes that of the process.
        plugins: Plugin files to load first; they stay loaded in the registry.

    Raises:
        RunError: There is no run, or its record is damaged.
    """
    return Run.open(path, registry_with(plugins, registry))
