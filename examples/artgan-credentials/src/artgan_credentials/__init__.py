"""Signs each sampled picture with Content Credentials (C2PA), as the last step.

The certificate and its key are two PEM files, named by environment variables; without them nothing
is signed.
"""

import logging
import os
from pathlib import Path

from artgan.plugin import hookimpl

CERTIFICATE, KEY = "ARTGAN_C2PA_CERTIFICATE", "ARTGAN_C2PA_KEY"
"""Environment variables: the chain of certificates, the signer's first, and its private key."""

log = logging.getLogger(__name__)


@hookimpl
def artgan_sample_saved(path: Path, seed: int, style: str) -> None:
    """Sign a picture that was written."""
    certificate, key = os.environ.get(CERTIFICATE), os.environ.get(KEY)
    if not certificate or not key:
        log.warning("%s is not signed: set %s and %s to PEM files", path, CERTIFICATE, KEY)
        return
    # Imported when there is something to sign: artgan reads this file at each start.
    from artgan_credentials.signing import sign

    sign(path, Path(certificate), Path(key), title=f"seed {seed}, {style}")
