"""The contract kit: tests that every plugin should pass; artgan's own plugins pass them too.

In a plugin's own tests:

    from artgan.testing import parametrize_with_plugin_checks

    @parametrize_with_plugin_checks("artgan-neon")
    def test_contract(case):
        case.run()

Without pytest: ``artgan plugins check artgan-neon``; ``check_plugin`` returns the results as data.
"""

from artgan.testing._cases import Case, Report, check_plugin, contract_cases
from artgan.testing._checks import ContractError, Result
from artgan.testing._pytest import parametrize_with_plugin_checks

__all__ = [
    "Case",
    "ContractError",
    "Report",
    "Result",
    "check_plugin",
    "contract_cases",
    "parametrize_with_plugin_checks",
]
