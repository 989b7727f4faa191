"""The keys that the servers of a site share, and what is made of them: certificates for each other, and signatures.

`NEXUS_SITE_KEYS` has one or more, separated by commas. The first makes what is new; what any of them made is trusted.
So a key changes without a stop: add the new one behind on every server, then put it first, then leave the old one out.
"""

import base64
import hashlib
import hmac
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nexus_server.servers.errors import BadSiteKeyError
from nexus_server.settings import secret

VARIABLE = "NEXUS_SITE_KEYS"
MIN_CHARS = 32
#: certificates hold for as long as their key is trusted, so no machine's clock matters
VALID_FROM, VALID_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The keys, the newest first."""

    keys: tuple[bytes, ...]

    def sign(self, text: str) -> str:
        """Return a signature in letters, digits, `-` and `_`."""
        key = _derive(self.keys[0], b"signature")
        made = hmac.digest(key, text.encode(), "sha256")[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def server_context(self, server_id: UUID) -> ssl.SSLContext:
        """Return how this server answers: to holders of a key only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        return self._prepared(context, server_id)

    def client_context(self, server_id: UUID) -> ssl.SSLContext:
        """Return how this server asks another one, which has to prove by `peer_name` who it is."""
        return self._prepared(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), server_id)

    def _prepared(self, context: ssl.SSLContext, server_id: UUID) -> ssl.SSLContext:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        authorities = "".join(_authority(key)[1].public_bytes(Encoding.PEM).decode() for key in self.keys)
        context.load_verify_locations(cadata=authorities)
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # the library reads files only; nobody else reads it
            file.write(_certificate_of(self.keys[0], server_id))
            file.flush()
            context.load_cert_chain(file.name)
        return context


def find_site_keys() -> SiteKeys | None:
    """Return the environment's keys, or None where there are none.

    Raises:
        BadSiteKeyError: one is too short.
    """
    return parse_site_keys(secret(VARIABLE, fallback="").split(","))


def parse_site_keys(texts: Sequence[str]) -> SiteKeys | None:
    """Return keys from their texts; empty ones do not count.

    Raises:
        BadSiteKeyError: one is too short.
    """
    keys = tuple(text.strip().encode() for text in texts if text.strip())
    if any(len(key) < MIN_CHARS for key in keys):
        raise BadSiteKeyError
    return SiteKeys(keys) if keys else None


def peer_name(server_id: UUID) -> str:
    """Return the name that a server's certificate proves."""
    return f"{server_id}.nexus.internal"


@lru_cache
def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"nexus site " + purpose).derive(key)


def _authority(key: bytes) -> tuple[Ed25519PrivateKey, x509.Certificate]:
    """Return what signs certificates, the same on every server that has the key."""
    private = Ed25519PrivateKey.from_private_bytes(_derive(key, b"authority"))
    public = private.public_key()
    name = _name(f"NexusAI site {hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]}")
    builder = x509.CertificateBuilder(name, name, public, 1, VALID_FROM, VALID_UNTIL)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    return private, builder.sign(private, None)


def _certificate_of(key: bytes, server_id: UUID) -> bytes:
    """Return a server's own key and certificate; they live as long as its process."""
    authority, root = _authority(key)
    private = generate_private_key(SECP256R1())
    builder = x509.CertificateBuilder(
        root.subject, _name(str(server_id)), private.public_key(), x509.random_serial_number(), VALID_FROM, VALID_UNTIL
    )
    names = x509.SubjectAlternativeName([x509.DNSName(peer_name(server_id))])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    made = (
        builder.add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(issuer, critical=False)
        .sign(authority, None)
    )
    own = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return own + made.public_bytes(Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
