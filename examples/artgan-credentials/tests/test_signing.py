"""Pictures are signed with a certificate made for the test, and read back, without a network."""

import datetime
import json
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("c2pa", reason="c2pa-python is not installed, so nothing was signed")
pytest.importorskip("cryptography", reason="cryptography is not installed: no test certificate")

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import artgan_credentials
from artgan_credentials.signing import TRAINED, sign


def named(name: str) -> x509.Name:
    """Return a name as certificates hold it."""
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey
) -> bytes:
    """Issue a certificate: one that vouches for others if it is its own issuer."""
    today, root = datetime.datetime.now(datetime.UTC), name == issuer
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
    )
    if not root:
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(uses, critical=False)
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def signer(tmp_path: Path) -> tuple[Path, Path]:
    """A chain of certificates and the key of the first, as PEM files."""
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(
        certificate("Test signer", own, "Test root", root)
        + certificate("Test root", root, "Test root", root)
    )
    key.write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, key


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff"])
def test_a_picture_is_signed_in_place(
    tmp_path: Path, signer: tuple[Path, Path], ending: str
) -> None:
    """The signature holds, and the pixels stay."""
    path = tmp_path / f"a.{ending}"
    Image.radial_gradient("L").convert("RGB").save(path)
    with Image.open(path) as image:
        before = image.tobytes()
    sign(path, *signer, title="seed 3, neon")
    with Image.open(path) as image:
        assert image.tobytes() == before
    with c2pa.Reader(path) as reader:
        told = json.loads(reader.json())
    assert told["validation_state"] in ("Valid", "Trusted")
    active = told["manifests"][told["active_manifest"]]
    assert active["title"] == "seed 3, neon"
    assert TRAINED in json.dumps(active["assertions"])


def test_without_a_certificate_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The picture stays as it is."""
    monkeypatch.delenv(artgan_credentials.CERTIFICATE, raising=False)
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    artgan_credentials.artgan_sample_saved(path, 3, "neon")
    assert path.read_bytes() == b"picture"
    assert "is not signed" in caplog.text


def test_each_sample_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signer: tuple[Path, Path]
) -> None:
    """The hook signs what was written."""
    for name, file in zip(
        (artgan_credentials.CERTIFICATE, artgan_credentials.KEY), signer, strict=True
    ):
        monkeypatch.setenv(name, str(file))
    path = tmp_path / "a.png"
    Image.radial_gradient("L").save(path)
    artgan_credentials.artgan_sample_saved(path, 3, "neon")
    assert b"c2pa" in path.read_bytes()
