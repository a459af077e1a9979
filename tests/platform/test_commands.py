"""Commands that plugins bring to the command line."""

from tests.platform.conftest import Site

COMMANDS = """
import click
from artgan.plugin import Command, hookimpl

@click.command()
@click.option("--times", default=1)
def {function}(times):
    if times > 3:
        raise ValueError("too often")
    click.echo("ding " * times)

@hookimpl
def artgan_commands():
    yield Command(name="{name}", summary="Ring.", command="{module}:{function}")
"""


def code(module: str, name: str = "bell") -> str:
    return COMMANDS.format(module=module, name=name, function=name.replace("-", "_"))


def test_command_of_a_plugin_runs_by_short_and_full_name(site: Site) -> None:
    site.plant("artgan-bell", code("artgan_bell"))
    assert site.artgan("bell", "--times", "2").stdout == "ding ding \n"
    assert site.artgan("artgan-bell/bell").stdout == "ding \n"
    assert "--times" in site.artgan("bell", "--help").stdout
    (line,) = [line for line in site.artgan("--help").stdout.splitlines() if "Ring." in line]
    assert line.split() == ["bell", "Ring.", "(artgan-bell)"]
    assert (
        "artgan-bell 1.0 failed: ValueError: too often" in site.artgan("bell", "--times=9").stderr
    )


def test_help_and_own_commands_import_no_plugin(site: Site) -> None:
    site.plant("artgan-bell", "raise SystemExit(5)\n" + code("artgan_bell"))
    done = site.artgan("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Ring." in done.stdout
    site.artgan("plugins", "disable", "artgan-bell")
    assert "Ring." not in site.artgan("--help").stdout


def test_command_cannot_replace_artgans_own(site: Site) -> None:
    site.plant("artgan-bell", code("artgan_bell", "list"))
    assert site.artgan("list", "loss").stdout.startswith("bce")
    assert site.artgan("artgan-bell/list").stdout == "ding \n"
    assert "artgan-bell/list  Ring." in site.artgan("--help").stdout


def test_command_of_two_plugins_must_be_said_in_full(site: Site) -> None:
    site.plant("artgan-bell", code("artgan_bell"))
    site.plant("artgan-gong", code("artgan_gong"))
    done = site.artgan("bell")
    assert done.returncode == 2
    assert "say artgan-bell/bell or artgan-gong/bell" in done.stderr
    assert "artgan-gong/bell  Ring." in site.artgan("--help").stdout


def test_command_that_cannot_be_loaded_harms_nothing_else(site: Site) -> None:
    site.plant("artgan-bell", code("no_such_module"))
    site.plant("artgan-gong", code("artgan_gong", "gong").replace("@click", "# @click"))
    assert "No module named 'no_such_module'" in site.artgan("bell").stderr
    assert "is function; expected a click command" in site.artgan("gong").stderr
    assert "artgan-good/flip" in site.names("filter")


def test_misspelled_command_suggests_a_plugins(site: Site) -> None:
    site.plant("artgan-bell", code("artgan_bell", "carillon"))
    done = site.artgan("carilon")
    assert (done.returncode, "Did you mean 'carillon'?" in done.stderr) == (2, True)
    assert "artgan plugins install artgan-tubes" in site.artgan("artgan-tubes/glow").stderr
