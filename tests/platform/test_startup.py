"""Short commands stay light with plugins installed."""

import pytest

from tests.platform.conftest import Site, filter_code


@pytest.mark.parametrize(
    "args", [["--help"], ["plugins", "list"], ["list", "filter"], ["plugins", "--help"]]
)
def test_short_command_leaves_torch_unloaded(site: Site, args: list[str]) -> None:
    code = filter_code().replace("apply=negative", "apply='artgan_late.heavy:apply'")
    site.plant("artgan-late", code)
    done = site.artgan(*args, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "artgan.cli.main" in modules
    assert not modules & {"torch", "numpy", "PIL"}
