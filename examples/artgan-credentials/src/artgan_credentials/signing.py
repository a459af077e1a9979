"""Signs a picture file in place, with ES256 and no time stamp: nothing is asked of the network."""

import tempfile
from pathlib import Path
from typing import Any

import c2pa
from PIL import Image

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def sign(path: Path, certificate: Path, key: Path, *, title: str) -> None:
    """Sign a picture in place; if that fails, the picture stays as it was.

    Args:
        path: PNG, JPEG, WebP or TIFF.
        certificate: PEM file: the signer's certificate first, then those that vouch for it.
        key: PEM file of its private key, on the curve P-256.
        title: What viewers show.
    """
    with Image.open(path) as image:
        mime = Image.MIME[str(image.format)]
    info = c2pa.C2paSignerInfo(b"es256", certificate.read_bytes(), key.read_bytes(), None)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        signed = Path(folder) / path.name
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(manifest(title, mime)) as builder,
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, mime, source, target)
        signed.replace(path)


def manifest(title: str, mime: str) -> dict[str, Any]:
    """Return what is signed: that a trained model made the picture."""
    created = {"action": "c2pa.created", "digitalSourceType": TRAINED}
    return {
        "claim_generator_info": [{"name": "artgan-credentials", "version": "0.1.0"}],
        "title": title,
        "format": mime,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}],
    }
