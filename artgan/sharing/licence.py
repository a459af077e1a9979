"""Checks the licence that somebody puts a run under."""

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from artgan.errors import OptionError


def check_licence(text: str) -> str:
    """Return an SPDX licence expression in its usual spelling: "cc-by-4.0" -> "CC-BY-4.0".

    Raises:
        OptionError: It is none.
    """
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression as error:
        raise OptionError(
            f"licence '{text}' does not fit; expected a name of spdx.org/licenses, as in CC0-1.0, "
            "CC-BY-4.0 or MIT, or LicenseRef-NAME for one of your own"
        ) from error
