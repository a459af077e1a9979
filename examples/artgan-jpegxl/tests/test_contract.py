"""The contract that artgan asks of every plugin."""

from artgan.testing import Case, parametrize_with_plugin_checks


@parametrize_with_plugin_checks("artgan-jpegxl")
def test_contract(case: Case) -> None:
    """Check each contribution against each promise that it makes."""
    case.run()
