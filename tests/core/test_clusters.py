"""Pictures sorted by look: found as planted, kept by the run, followed by samples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import artgan
from artgan.core.registry import Registry
from artgan.core.sample import draw_inputs
from artgan.errors import ArtganError
from artgan.planning.clusters import LEAST, find_clusters, shrunk
from artgan.plugin_manager.load import default_registry
from artgan.starts.shapes import shape_features
from tests.conftest import TOY

KINDS: dict[str, Any] = {
    **TOY,
    "dataset": "mnist",
    "arch_options": {**TOY["arch_options"], "labels": False},
    "training_options": {"clusters": 3, "checkpoint_every": 2},
}


def test_planted_kinds_are_found() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 4, 200)
    patterns = rng.integers(40, 200, (4, 9, 12, 3))
    images = (patterns[kinds] + rng.integers(0, 40, (200, 9, 12, 3))).astype(np.uint8)
    found = find_clusters(images, 4, seed=1)
    pairs = set(zip(kinds.tolist(), found.tolist(), strict=True))
    assert len(pairs) == 4
    assert np.array_equal(found, find_clusters(images, 4, seed=1))


def test_shapes_are_told_apart_whatever_their_colours_are() -> None:
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 2
    images = np.stack([_disc_or_cross(int(kind), rng) for kind in kinds])

    def share(features: Any) -> float:
        right = float((find_clusters(images, 2, 0, features) == kinds).mean())
        return max(right, 1 - right)

    registry = default_registry()
    assert share(shape_features(images, registry)) > 0.85
    assert share(shrunk) < 0.7
    for seen in (images[..., :1], np.dstack([images[0], images[0, ..., :1]])[None]):
        see = shape_features(seen, registry)
        assert see is not None
        assert np.isfinite(see(seen)).all()
    assert shape_features(images, Registry()) is None


def _disc_or_cross(kind: int, rng: np.random.Generator) -> np.ndarray:
    ground, color = (tuple(int(v) for v in rng.integers(0, 256, 3)) for _ in range(2))
    picture = Image.new("RGB", (32, 32), ground)
    draw, (x, y) = ImageDraw.Draw(picture), rng.integers(4, 9, 2).tolist()
    if kind == 0:
        draw.ellipse((x, y, x + 20, y + 20), fill=color)
    else:
        draw.line((x, y, x + 20, y + 20), fill=color, width=5)
        draw.line((x, y + 20, x + 20, y), fill=color, width=5)
    return np.asarray(picture)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_and_equal_pictures_are_sorted_too(count: int) -> None:
    images = np.zeros((3, 40, 50, 4), np.uint8)
    assert find_clusters(images, count, seed=0).max() < count


def test_outliers_get_no_cluster_of_their_own_unless_most_are_small() -> None:
    rng = np.random.default_rng(0)
    patterns = rng.integers(60, 180, (4, 8, 8, 3))
    noise = rng.integers(0, 60, (100, 8, 8, 3))
    images = (patterns[np.arange(100) % 4] + noise).astype(np.uint8)
    images[:2] = 255 * rng.integers(0, 2, (2, 8, 8, 3))
    sizes = np.bincount(find_clusters(images, 5, seed=0), minlength=5)
    assert (sizes[sizes > 0] >= LEAST).all()
    assert (sizes > 0).sum() >= 4
    assert np.bincount(find_clusters(images, 40, seed=0)).min() < LEAST
    blank = np.zeros((100, 8, 8, 3), np.uint8)
    assert (find_clusters(blank, 5, seed=0) == 0).all()


def test_copies_leave_no_cluster_empty(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (100, 8, 8, 3)).astype(np.uint8)
    images[:50] = images[0]
    sizes = np.bincount(find_clusters(images, 5, seed=0))
    assert sizes.min() >= LEAST
    assert sizes.max() >= 50
    for index in range(60):
        picture = Image.new("RGB", (16, 16), ("red", "blue")[index % 2])
        picture.paste("white", (4, 4, 12, 12))
        picture.save(tmp_path / f"{index}.png")
    plan = artgan.plan(
        "dcgan", tmp_path, size=16, base="none", device="cpu", training_options={"clusters": 7}
    )
    assert plan.config.classes == len(plan.config.class_shares) == 2
    assert any(reason.startswith("Clusters: 2 of 7") for reason in plan.reasons)


def test_a_run_keeps_its_kinds(tmp_path: Path) -> None:
    run = artgan.train(**KINDS, out=tmp_path / "run")
    kinds = np.load(tmp_path / "run" / "kinds.npy")
    assert run.config.classes == 3
    assert run.config.class_shares == pytest.approx(np.bincount(kinds) / 10_000, abs=1e-5)
    assert artgan.load_run(tmp_path / "run").config == run.config


def test_an_interrupted_run_goes_on_with_the_kinds_it_kept(tmp_path: Path) -> None:
    whole = artgan.train(**KINDS, out=tmp_path / "whole")
    steps = artgan.training(**KINDS, out=tmp_path / "part")
    next(report for report in steps if report.step == 2)
    steps.close()  # type: ignore[attr-defined]
    resumed = artgan.resume(tmp_path / "part")
    assert resumed.checkpoint.sha256 == whole.checkpoint.sha256
    assert (tmp_path / "part" / "kinds.npy").exists()


def test_kinds_of_other_pictures_are_refused(tmp_path: Path) -> None:
    artgan.train(**KINDS, out=tmp_path / "run")
    np.save(tmp_path / "run" / "kinds.npy", np.zeros(7, np.int64))
    with pytest.raises(ArtganError, match="holds clusters of 7 pictures"):
        artgan.resume(tmp_path / "run")


@pytest.mark.parametrize("data", [b"\x93NUMPY\x01\x00\x04\x00{'(\n", b"", None])
def test_damaged_kinds_are_told(tmp_path: Path, data: bytes | None) -> None:
    artgan.train(**KINDS, out=tmp_path / "run")
    path = tmp_path / "run" / "kinds.npy"
    if data is None:
        np.save(path, np.full(len(np.load(path)), -1))
    else:
        path.write_bytes(data)
    with pytest.raises(ArtganError, match=r"kinds\.npy.*the run needs it"):
        artgan.resume(tmp_path / "run")


def test_labels_win_over_clusters() -> None:
    with pytest.raises(ArtganError, match=r"--train\.clusters 0"):
        artgan.plan(dataset="mnist", training_options={"clusters": 3})


def test_samples_draw_labels_by_weight() -> None:
    generator = torch.nn.Module()
    generator.latent_shape = (2,)  # type: ignore[assignment]
    _, labels = draw_inputs(generator, range(600), (0.0, 1.0, 3.0))
    assert labels is not None
    shares = torch.bincount(labels, minlength=3) / 600
    torch.testing.assert_close(shares, torch.tensor([0.0, 0.25, 0.75]), atol=0.06, rtol=0)
