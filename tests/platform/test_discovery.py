"""Where plugins come from, and how they are left out."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgan.errors import PluginError
from artgan.palettes.formats import write_palette
from artgan.plugin import Palette
from artgan.plugin_manager import own_files
from artgan.plugin_manager.discovery import discover
from tests.platform.conftest import Site, filter_code

COLORS = np.array([[1, 0, 0], [0, 0, 1]], np.float32)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_of_the_users_folder_just_appear(site: Site) -> None:
    write(site.home / "plugins/mine.py", filter_code())
    write(site.home / "styles/Blue Hour.toml", 'steps = [{ filter = "mine/flip" }]')
    write(site.home / "palettes/two.hex", "ff0000\n0000ff\n")
    assert "mine/flip" in site.names("filter")
    assert "user/blue-hour" in site.names("style")
    assert "user/two" in site.names("palette")
    rows = site.rows()
    assert rows["mine"]["brings"] == {"filter": {"flip": "Turn light to dark."}}
    assert list(rows["user"]["brings"]) == ["style", "palette"]


@pytest.mark.parametrize(
    "ending", [".hex", ".gpl", ".ase", ".toml", ".png", ".act", ".pal", ".txt"]
)
def test_palettes_of_every_format_appear(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "home/palettes" / f"My pair{ending}"
    texts = {".pal": "JASC-PAL\n0100\n2\n255 0 0\n0 0 255\n", ".txt": "FFFF0000\nFF0000FF\n"}
    if ending in texts:
        write(path, texts[ending])
    elif ending == ".act":
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes([255, 0, 0, 0, 0, 255]).ljust(768, b"\0") + bytes([0, 2, 255, 255]))
    else:
        write_palette(COLORS, path)
    (found,) = discover().found
    own, broken = own_files.read(found.data)
    (palette,) = own.artgan_palettes()
    assert isinstance(palette, Palette)
    assert (palette.name, sorted(palette.colors)) == ("my-pair", ["0000ff", "ff0000"])
    assert not broken


def test_damaged_file_of_ones_own_is_told_and_left_out_alone(site: Site) -> None:
    write(site.home / "styles/bad.toml", "steps = 3")
    write(site.home / "palettes/good.hex", "ff0000\n0000ff\n")
    write(site.home / "palettes/odd.xyz", "?")
    done = site.artgan("list", "palette")
    assert "user/good" in done.stdout
    assert "bad.toml' needs a list 'steps'" in done.stderr
    assert "odd.xyz' is not a palette file" in done.stderr


def test_project_file_brings_plugins_pins_and_leaves_out(site: Site, tmp_path: Path) -> None:
    write(tmp_path / "p/filters/ours.py", filter_code("glow"))
    write(
        tmp_path / "p/artgan.toml",
        'plugins = ["filters/ours.py", "gone.py"]\ndisabled = ["artgan_good"]\n'
        'pin.filter.glow = "ours"\n',
    )
    (tmp_path / "p/below").mkdir()
    os.chdir(tmp_path / "p/below")
    assert site.artgan("trust").returncode == 0
    done = site.artgan("show", "filter", "glow")
    assert done.stdout.startswith("ours/glow")
    assert "gone.py', named in" in done.stderr
    assert "artgan-good" in site.rows()
    assert "disabled in" in site.rows()["artgan-good"]["reason"]
    assert "artgan-good/flip" not in site.names("filter")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plugins = [", "not valid TOML"),
        ('plugin = ["a.py"]', "unknown key 'plugin'; expected plugins, disabled or pin. Did you"),
        ('plugins = "a.py"', "must be a list of text"),
        ('pin = ["glow"]', "pin.filter.glow"),
    ],
)
def test_damaged_project_file_is_told_and_artgan_goes_on(
    tmp_path: Path, text: str, says: str
) -> None:
    write(tmp_path / "artgan.toml", text)
    (found,) = discover().found
    assert says in found.problem


def test_file_and_package_of_one_name_are_told(site: Site) -> None:
    write(site.home / "plugins/artgan_good.py", filter_code("other"))
    done = site.artgan("list", "filter")
    assert "another plugin is called 'artgan-good' (package); rename" in done.stderr
    assert "artgan-good/flip" in done.stdout


@pytest.mark.parametrize(
    ("args", "env", "left"),
    [
        ([], {}, {"artgan-good", "mine", "user"}),
        (["--no-plugins"], {}, set()),
        (["--disable", "Artgan.Good"], {}, {"mine", "user"}),
        ([], {"ARTGAN_PLUGINS": ""}, set()),
        ([], {"ARTGAN_PLUGINS": "mine, user"}, {"mine", "user"}),
    ],
)
def test_plugins_are_left_out_before_they_load(
    site: Site, args: list[str], env: dict[str, str], left: set[str]
) -> None:
    write(site.home / "plugins/mine.py", filter_code())
    write(site.home / "palettes/two.hex", "ff0000\n0000ff\n")
    rows = site.rows(*args, **env)
    assert {name for name, row in rows.items() if row["state"] != "disabled"} == left
    done = site.artgan(*args, "list", "filter", "--json", **env)
    owners = {row["name"].partition("/")[0] for row in json.loads(done.stdout)}
    assert owners - {"core"} == left - {"user"}


def test_unknown_names_to_leave_out_are_told(site: Site) -> None:
    done = site.artgan("--disable", "artgan-god", "list", "loss", ARTGAN_PLUGINS="artgan-good,x")
    assert "--disable: there is no plugin 'artgan-god'. Did you mean 'artgan-good'?" in done.stderr
    assert "ARTGAN_PLUGINS: there is no plugin 'x'." in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("owner", "says"),
    [
        ("artgan-gone", "which is not there: artgan plugins install artgan-gone"),
        ("artgan-good", "which has none of that name"),
    ],
)
def test_pin_to_what_is_not_there_is_told(site: Site, owner: str, says: str) -> None:
    write(site.home / "plugins.toml", f'pin.filter.glow = "{owner}"')
    done = site.artgan("show", "filter", "glow")
    assert (done.returncode, says in done.stderr) == (2, True)
    assert site.artgan("show", "filter", "core/glow").returncode == 0


def test_doctor_looks_at_a_loose_file(site: Site) -> None:
    write(Path("mine.py"), filter_code("mine"))
    assert "loads in" in site.artgan("plugins", "doctor", "mine.py").stdout
    shown = json.loads(site.artgan("plugins", "show", "./mine.py", "--json").stdout)
    assert (shown["name"], shown["origin"], list(shown["brings"])) == ("mine", "file", ["filter"])
    assert "there is no file 'gone.py'" in site.artgan("plugins", "show", "gone.py").stderr
    assert list(site.rows()) == ["artgan-good"]


def test_doctor_leaves_disabled_plugins_alone(site: Site) -> None:
    site.plant("artgan-trap", "open('imported', 'w').close()\n" + filter_code("trap"))
    write(site.home / "plugins/_helper.py", "raise SystemExit(1)")
    site.artgan("plugins", "disable", "artgan-trap")
    done = site.artgan("plugins", "doctor")
    assert "disabled: artgan plugins enable artgan-trap" in done.stdout
    assert "2 plugins looked at, 0 broken." in done.stdout
    assert not Path("imported").exists()


def test_disable_and_enable_are_kept(site: Site) -> None:
    assert site.artgan("plugins", "disable", "artgan_good").stdout == "artgan-good is disabled.\n"
    done = site.artgan("show", "filter", "artgan-good/flip")
    assert done.returncode == 2
    assert "Plugin 'artgan-good' is disabled: artgan plugins enable artgan-good" in done.stderr
    assert "already" in site.artgan("plugins", "disable", "artgan-good").stdout
    assert site.artgan("plugins", "enable", "artgan-good").stdout == "artgan-good is enabled.\n"
    assert "artgan-good/flip" in site.names("filter")
    assert (site.home / "plugins.toml").read_text() == "disabled = []\n"


def test_list_imports_nothing_and_reads_the_source(site: Site) -> None:
    path = site.plant("artgan-trap", "open('imported', 'w').close()\n" + filter_code("trap"))
    for args in (["list"], ["disable", "artgan-trap"], ["enable", "artgan-trap"], ["--help"]):
        assert site.artgan("plugins", *args).returncode == 0
    assert not Path("imported").exists()
    assert site.rows()["artgan-trap"]["brings"] == {"filter": {"trap": "Turn light to dark."}}
    path.write_text(filter_code("sprung").replace('"sprung"', '"".join(["sprung"])'))
    assert site.rows()["artgan-trap"]["brings"] == {"filter": {}}
    assert "package  filters" in site.artgan("plugins", "list").stdout
    assert "artgan-trap/sprung" in site.names("filter")
    path.write_text("def")
    row = site.rows()["artgan-trap"]
    assert (row["state"], row["reason"][:12]) == ("broken", "SyntaxError:")


def test_finding_and_loading_plugins_writes_nothing(site: Site, tmp_path: Path) -> None:
    site.names("filter", ARTGAN_CACHE=str(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()
    assert not list(site.home.iterdir())


def test_discovery_of_an_unknown_name_suggests(site: Site) -> None:
    write(site.home / "plugins/mine.py", filter_code())
    with pytest.raises(PluginError, match="Did you mean 'mine'"):
        discover().get("mime")


def test_picture_as_palette_gives_its_colors(tmp_path: Path) -> None:
    path = tmp_path / "home/palettes/flag.png"
    path.parent.mkdir(parents=True)
    picture = Image.new("RGB", (4, 2), (255, 0, 0))
    picture.putpixel((0, 0), (0, 0, 255))
    picture.save(path)
    assert sorted(own_files.colors_of(path)) == ["0000ff", "ff0000"]
