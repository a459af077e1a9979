"""Every way a plugin can fail, planted as a package; artgan and the others go on."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from artgan.base.tables import read_toml
from artgan.errors import RunError
from tests.platform.conftest import Site, filter_code

TRAIN = [
    "--arch", "dcgan", "--arch.base-channels", "4", "--arch.latent-size", "8", "--size", "16",
    "--batch", "4", "--device", "cpu", "--dataset", "./pictures", "--out", "r", "--quiet",
]  # fmt: skip

BROKEN = {
    "import error": ("import no_such_module", "ModuleNotFoundError: No module named"),
    "leaves Python": ("raise SystemExit(3)", "SystemExit: 3"),
    "fails half-way": (
        filter_code("half") + "    raise ValueError('half-way')",
        "ValueError: half-way",
    ),
    "misspelled hook": (
        filter_code().replace("artgan_filters", "artgan_filtres"),
        "unknown hook 'artgan_filtres'. Did you mean 'artgan_filters'?",
    ),
    "unmarked hook": (filter_code().replace("@hookimpl", ""), "put @hookimpl above it"),
    "wrong type": (filter_code() + "    yield 7", "yielded int, expected Filter"),
    "default argument": (
        filter_code().replace("filters()", "filters(plain=1)"),
        "hook artgan_filters: argument plain must have no default",
    ),
    "unknown argument": (
        "from artgan.plugin import hookimpl\n@hookimpl\ndef artgan_step_finished(reprot): pass",
        "hook artgan_step_finished has no argument 'reprot'; it has report, measured and folder. "
        "Did you mean 'report'?",
    ),
    "wrapper": (
        filter_code().replace("@hookimpl", "@hookimpl(wrapper=True)"),
        "hook artgan_filters must not be a wrapper",
    ),
    "another name": (
        filter_code().replace("@hookimpl", "@hookimpl(specname='artgan_losses')"),
        "hook artgan_losses yielded Filter, expected Loss",
    ),
    "newer interface": ("ARTGAN_API = 99", "it asks for plugin interface 99"),
}


@pytest.mark.parametrize(("code", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_plugin_is_told_and_the_others_go_on(site: Site, code: str, reason: str) -> None:
    site.plant("artgan-bad", code, version="2.5")
    done = site.artgan("list", "filter", "--json")
    owners = {row["name"].partition("/")[0] for row in json.loads(done.stdout)}
    assert owners == {"core", "artgan-good"}
    (line,) = done.stderr.splitlines()
    assert line.startswith("Plugin artgan-bad 2.5 is left out: ")
    assert reason in line
    assert line.endswith("artgan plugins disable artgan-bad")


def test_strict_raises_instead(site: Site) -> None:
    site.plant("artgan-bad", "import no_such_module")
    done = site.artgan("list", "filter", ARTGAN_STRICT="1")
    assert done.returncode == 1
    assert "no_such_module" in done.stderr.splitlines()[-1]
    assert site.rows(ARTGAN_STRICT="1")["artgan-bad"]["state"] == "active"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return picture", "raise FileNotFoundError('gone')\n    return picture"),
        ("apply=negative", "apply='no_such_module:gone'"),
    ],
)
def test_strict_shows_the_traceback_of_a_filter(site: Site, old: str, new: str) -> None:
    site.plant("artgan-bad", filter_code("bad").replace(old, new))
    Image.new("RGB", (8, 8), "white").save("white.png")
    args = ("apply", "--style", "bad", "white.png", "--out", "o")
    assert "Traceback" not in site.artgan(*args).stderr
    done = site.artgan(*args, ARTGAN_STRICT="1")
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(("FileNotFoundError: gone", "ModuleNotFoundE"))


def test_same_entry_point_name_in_two_packages_gives_both(site: Site) -> None:
    site.plant("artgan-also", filter_code("also"), point="plugin")
    assert {"artgan-good/flip", "artgan-also/also"} <= set(site.names("filter"))


def test_name_in_two_packages_must_be_said_in_full(site: Site) -> None:
    site.plant("artgan-also", filter_code())
    done = site.artgan("show", "filter", "flip")
    assert done.returncode == 2
    assert "say artgan-also/flip or artgan-good/flip" in done.stderr
    assert site.artgan("show", "filter", "artgan-also/flip").returncode == 0
    Path("artgan.toml").write_text('pin.filter.flip = "artgan-good"')
    assert site.artgan("show", "filter", "flip").stdout.startswith("artgan-good/flip")


def test_core_name_stays_cores(site: Site) -> None:
    site.plant("artgan-bad", filter_code("glow"))
    assert site.artgan("show", "filter", "glow").stdout.startswith("core/glow")
    assert site.artgan("show", "filter", "artgan-bad/glow").returncode == 0
    told = site.artgan("plugins", "doctor", "artgan-bad").stdout
    assert "filter 'glow' is also artgan's own" in told


@pytest.mark.parametrize("name", ["core", "user", "artgan"])
def test_artgans_own_ids_are_refused(site: Site, name: str) -> None:
    site.plant(f"{name}.x".partition(".")[0], filter_code("mine")).rename(
        site.packages / "elsewhere.py"
    )
    (site.packages / f"{name}-1.0.dist-info/entry_points.txt").write_text("[artgan]\np=elsewhere")
    done = site.artgan("list", "filter")
    assert f"the name '{name}' is artgan's own" in done.stderr
    assert "mine" not in done.stdout


def test_filter_that_fails_on_the_third_picture_leaves_the_raw_one(
    site: Site, trained: Path
) -> None:
    code = filter_code("brittle").replace(
        "    return", "    if context.index == 2:\n        raise SystemExit(9)\n    return"
    )
    site.plant("artgan-bad", code)
    done = site.artgan("sample", trained, "--seeds", "0-3", "--style", "brittle", "--out", "o")
    assert done.returncode == 3, done.stderr
    assert "seed 2: filter 'brittle' of artgan-bad 1.0 failed: SystemExit: 9" in done.stderr
    assert sorted(path.name for path in Path("o").glob("s*-raw.png")) == [
        f"s{seed:05d}-raw.png" for seed in range(4)
    ]
    assert len(list(Path("o").glob("s*-brittle.png"))) == 3


def test_observer_that_fails_is_switched_off_and_noted(
    site: Site, here: Callable[..., Result], pictures: Path
) -> None:
    site.plant(
        "artgan-bad",
        "from artgan.plugin import hookimpl\n"
        "@hookimpl\n"
        "def artgan_step_finished(report):\n"
        "    print('saw', report.step, flush=True)\n"
        "    if report.step == 5:\n"
        "        raise RuntimeError('enough')\n",
    )
    done = here("train", "--steps", "7", *TRAIN)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("saw") == 5
    assert done.stderr.count("Observer artgan-bad 1.0 is switched off for this run") == 1
    assert len(Path("r/metrics.jsonl").read_text().splitlines()) == 7
    failed = {"artgan-bad": "artgan_step_finished: RuntimeError: enough"}
    assert read_toml(Path("r/run.toml"), RunError)["made-with"]["observers-failed"] == failed


LOSS = """
from artgan.plugin import Loss, hookimpl

class Part:
    steps = 0
    def __init__(self, options):
        pass
    def discriminator(self, real_logits, fake_logits):
        return (fake_logits - real_logits).mean()
    def generator(self, real_logits, fake_logits):
        Part.steps += 1
        {body}

@hookimpl
def artgan_losses():
    yield Loss(name="mine", summary="Mine.", build=Part)
"""


def test_loss_of_the_wrong_shape_fails_before_the_first_step(
    site: Site, here: Callable[..., Result], pictures: Path
) -> None:
    site.plant("artgan-bad", LOSS.format(body="return fake_logits"))
    done = here("train", "--loss", "mine", "--steps", "7", *TRAIN)
    assert done.exit_code == 1
    assert "loss 'artgan-bad/mine': its generator gave (4,); expected a scalar" in done.stderr
    assert not Path("r").exists()


def test_loss_that_fails_in_mid_training_saves_and_names_its_plugin(
    site: Site, here: Callable[..., Result], pictures: Path
) -> None:
    body = "if Part.steps > 8: raise KeyError('lost')\n        return -fake_logits.mean()"
    site.plant("artgan-bad", LOSS.format(body=body))
    done = here("train", "--loss", "mine", "--steps", "40", *TRAIN)
    assert done.exit_code == 1
    assert "artgan-bad 1.0 failed at step" in done.stderr
    assert "KeyError: 'lost'" in done.stderr
    assert "Traceback" not in done.stderr
    (saved,) = [int(s) for s in re.findall(r"saved at step (\d+)", done.stderr)]
    assert Path(f"r/checkpoints/{saved:06d}.json").exists()


def test_torch_at_module_top_works_and_doctor_tells_the_cost(site: Site) -> None:
    site.plant("artgan-bad", "import torch\n" + filter_code("slow"))
    assert "artgan-bad/slow" in site.names("filter")
    (seen,) = json.loads(site.artgan("plugins", "doctor", "artgan-bad", "--json").stdout)["plugins"]
    assert "torch" in seen["heavy"]
    assert seen["seconds"] > 0.1
    assert "costs every artgan command" in seen["notes"][0]


HANGS = {
    "never returns": (
        "import time\nwhile True: time.sleep(1)",
        ["artgan-bad", "--timeout", "1"],
        ["still loading after 1 seconds", "1 plugin looked at, 1 broken."],
    ),
    "ends Python": (
        "import os\nos._exit(7)",
        [],
        ["ended Python with exit code 7", "2 plugins looked at, 1 broken."],
    ),
}


@pytest.mark.parametrize(("code", "args", "says"), HANGS.values(), ids=HANGS.keys())
def test_plugin_that_takes_artgan_down_can_be_found_and_switched_off(
    site: Site, code: str, args: list[str], says: list[str]
) -> None:
    site.plant("artgan-bad", code)
    done = site.artgan("plugins", "doctor", *args)
    assert done.returncode == 1
    assert [words for words in says if words not in done.stdout] == []
    assert site.artgan("plugins", "disable", "artgan-bad").returncode == 0
    assert "artgan-good/flip" in site.names("filter")


def test_what_a_plugin_prints_stays_out_of_json(site: Site) -> None:
    site.plant("artgan-loud", "print('hello')\n" + filter_code("loud"))
    assert "artgan-loud/loud" in site.names("filter")
    assert "It prints" in site.artgan("plugins", "doctor", "artgan-loud").stdout


def test_picture_that_styles_with_a_planted_filter_records_it(site: Site) -> None:
    Image.new("RGB", (8, 8), "white").save("white.png")
    done = site.artgan("apply", "--style", "flip", "white.png", "--out", "o")
    assert done.returncode == 0, done.stderr
    told = json.loads(site.artgan("info", "o/white-flip.png", "--json").stdout)
    (step,) = told["style"]["steps"]
    assert (step["filter"], step["version"]) == ("artgan-good/flip", "1.0")


def test_filter_file_given_by_hand_wins_over_a_style_of_that_name(site: Site) -> None:
    Image.new("RGB", (8, 8), "white").save("white.png")
    Path("neon.py").write_text(filter_code("neon"))
    args = ["apply", "--style", "neon", "white.png", "--show-style"]
    assert 'filter = "neon/neon"' in site.artgan(*args, "--plugin", "neon.py").stdout
    site.plant("artgan-neon", filter_code("neon"))
    assert "artgan-neon" not in site.artgan(*args).stdout
