"""The kit itself: ours passes, and for each check a plugin fails that check alone."""

import itertools
import json
import unittest
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import Result

from artgan.errors import PluginError
from artgan.testing import (
    Case,
    ContractError,
    check_plugin,
    contract_cases,
    parametrize_with_plugin_checks,
)
from artgan.testing._cases import MODULES, checks_of
from artgan.testing.apart import check_apart
from tests.testing.bad import BAD, GOOD_FILTER, OPTION, augmenting, feeding, filtering

CONTRIBUTED = [kind for kind in MODULES if kind != "plugin"]


@parametrize_with_plugin_checks("core")
def test_built_ins_keep_the_contract(case: Case) -> None:
    case.run()


@pytest.mark.parametrize(("kind", "check", "code"), BAD, ids=[f"{k}-{c}" for k, c, _ in BAD])
def test_bad_plugin_fails_one_check(kind: str, check: str, code: str) -> None:
    Path("bad.py").write_text(code)
    # Loading a plugin in a process of its own is tried once for each way in which it can fail.
    kinds = None if kind == "plugin" else CONTRIBUTED
    failed = check_plugin("bad.py", kinds=kinds, timeout_seconds=120).failed
    assert [(result.kind, result.check) for result in failed] == [(kind, check)], failed


def test_every_check_has_a_bad_plugin_and_a_help() -> None:
    checks = [(kind, check.name) for kind in MODULES for check in checks_of(kind)]
    assert sorted(checks) == sorted((kind, check) for kind, check, _ in BAD)
    assert all(check.help.endswith(".") for kind in MODULES for check in checks_of(kind))


def test_case_raises_what_failed_and_skips_what_it_blocks() -> None:
    Path("bad.py").write_text(GOOD_FILTER.replace("1 - c", "c * np.nan"))
    cases = {str(case): case for case in contract_cases("bad.py", kinds=["filter"])}
    with pytest.raises(ContractError, match=r"filter bad: runs: .* not finite"):
        cases["filter-bad-runs"].run()
    with pytest.raises(unittest.SkipTest, match="runs comes first"):
        cases["filter-bad-keeps-wrap"].run()


def test_error_tells_the_plugin_s_own_line() -> None:
    Path("bad.py").write_text(GOOD_FILTER.replace("1 - c", "np.linalg.inv(c[0, 0])"))
    (failed,) = check_plugin("bad.py", kinds=["filter"]).failed
    number = GOOD_FILTER[: GOOD_FILTER.index("1 - c")].count("\n") + 1
    assert failed.reason.endswith(f"bad.py:{number})")


def test_part_that_cannot_be_built_fails_one_check() -> None:
    Path("bad.py").write_text(augmenting().replace("options): pass", "options): raise ValueError"))
    failed = check_plugin("bad.py", kinds=["augmentation"]).failed
    assert [result.check for result in failed] == ["keeps-shape"]


def test_files_of_the_users_own_are_checked(tmp_path: Path) -> None:
    for kind in ("styles", "palettes"):
        (tmp_path / "home" / kind).mkdir(parents=True)
    style = "steps = [{ filter = 'palette', palette = 'user/two' }]"
    (tmp_path / "home/styles/mine.toml").write_text(style)
    (tmp_path / "home/palettes/two.hex").write_text("000000\nffffff\n")
    assert check_plugin("user").passed
    (tmp_path / "home/styles/mine.toml").write_text(style.replace("two", "three"))
    assert [result.check for result in check_plugin("user").failed] == ["runs"]


def test_dataset_that_takes_a_path_needs_a_sample() -> None:
    needy = "assert context.path and context.path.suffix == '.csv', 'no csv'"
    code = feeding(start=needy).replace('licence="', 'takes_path=True, licence="')
    Path("bad.py").write_text(code)
    failed = check_plugin("bad.py", kinds=["dataset"]).failed
    assert "--sample bad=PATH" in failed[0].reason
    Path("mine.csv").touch()
    assert check_plugin("bad.py", kinds=["dataset"], samples={"bad": Path("mine.csv")}).passed


def test_plugin_that_hangs_while_it_loads_is_told() -> None:
    Path("bad.py").write_text("while True: pass")
    (failed,) = check_apart("bad.py", timeout_seconds=1).failed
    assert "still loading after 1 seconds" in failed.reason


def test_plugin_that_ends_python_is_told() -> None:
    code = GOOD_FILTER.replace("c = picture", "import os; os._exit(7); c = picture")
    Path("bad.py").write_text(code)
    (failed,) = check_apart("bad.py").failed
    assert (failed.check, "exit code 7" in failed.reason) == ("runs", True)


def test_check_that_never_ends_is_ended() -> None:
    hangs = "open('begun', 'w').close()\n    while True: pass\n    c = picture"
    Path("bad.py").write_text(GOOD_FILTER.replace("c = picture", hangs))
    # On a busy machine the child may be ended before it is there: then it gets twice as long.
    for seconds in (2**power for power in itertools.count(1)):
        with suppress(PluginError):
            report = check_apart("bad.py", limit_seconds=seconds)
        if Path("begun").exists():
            break
    (failed,) = report.failed
    assert (failed.check, f"after {seconds} seconds" in failed.reason) == ("runs", True)


def test_command_tells_counts_and_exit_code(artgan_cli: Callable[..., Result]) -> None:
    Path("good.py").write_text(GOOD_FILTER)
    good = artgan_cli("plugins", "check", "good.py")
    assert (good.exit_code, "filter        15 passed" in good.output) == (0, True)
    Path("bad.py").write_text(GOOD_FILTER.replace("apply=apply", "apply=apply, main='x'"))
    bad = artgan_cli("plugins", "check", "bad.py", "--json")
    assert bad.exit_code == 1
    told = [c["check"] for c in json.loads(bad.output)["checks"] if c["outcome"] == "failed"]
    assert told == ["main-option"]


def test_unknown_plugin_is_told(artgan_cli: Callable[..., Result]) -> None:
    with pytest.raises(PluginError, match=r"there is no file 'nowhere\.py'"):
        check_plugin("nowhere.py")
    result = artgan_cli("plugins", "check", "nowhere")
    assert (result.exit_code, "there is no plugin 'nowhere'" in result.output) == (1, True)


def test_a_filter_that_doubles_the_size_has_no_seam() -> None:
    Path("double.py").write_text(
        "from artgan.plugin import Filter, hookimpl\n"
        "def apply(picture, options, context):\n"
        "    return picture.replace(color=picture.color.repeat(2, 0).repeat(2, 1))\n"
        "@hookimpl\n"
        "def artgan_filters():\n"
        "    yield Filter(name='double', summary='S.', apply=apply, keeps_size=False)\n"
    )
    assert "keeps-wrap" not in [one.check for one in check_plugin("double.py").failed]


def test_an_option_that_a_chain_takes_for_itself_is_told() -> None:
    code = filtering("return picture", options=OPTION.format("float", "0.5"))
    Path("bad.py").write_text(code.replace("    x:", "    mask:"))
    (failed,) = check_plugin("bad.py", kinds=["plugin"]).failed
    assert failed.check == "options-survive-text"
    assert "mask cannot be an option of a filter" in failed.reason


def test_seams_are_told_from_pictures_that_repeat() -> None:
    torch = pytest.importorskip("torch")
    from artgan.testing._architecture import SEAM_BAND, seam_ratio

    key = torch.Generator().manual_seed(0)
    noise = torch.randn(64, 1, 48, 48, generator=key)
    around = torch.cat([noise[..., -4:], noise, noise[..., :4]], 3)
    blur = torch.full((1, 1, 1, 9), 1 / 9)
    repeating = torch.nn.functional.conv2d(around, blur)
    cut = torch.nn.functional.conv2d(noise, blur)
    assert SEAM_BAND[0] < seam_ratio(repeating, 4, 3) < SEAM_BAND[1]
    assert seam_ratio(cut, 4, 3) > 2
    faded = cut * torch.hann_window(cut.shape[3])
    assert seam_ratio(faded, 4, 3) > SEAM_BAND[1]
