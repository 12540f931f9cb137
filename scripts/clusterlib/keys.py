"""The key that signs the sessions of all pods: PKCS#8 PEM, P-256.

Written here byte by byte, so that a bare machine needs neither openssl nor a Python package.
"""

from __future__ import annotations

import base64
import os
import pathlib
import secrets
import textwrap

# The order of P-256: a private key is any number from 1 to this one less one.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ID_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
ID_P256 = bytes.fromhex("06082a8648ce3d030107")
SEQUENCE, INTEGER, OCTETS = 0x30, 0x02, 0x04


def session_keys(path: pathlib.Path) -> pathlib.Path:
    """The file with the key; made when it is missing. Only the owner may read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(new_key())
        draft.replace(path)
    return path


def new_key() -> str:
    """A new private key as PEM (RFC 5958 around RFC 5915; the public half follows from it)."""
    secret = (secrets.randbelow(ORDER - 1) + 1).to_bytes(32, "big")
    private = _der(SEQUENCE, _der(INTEGER, b"\1") + _der(OCTETS, secret))
    algorithm = _der(SEQUENCE, ID_EC_PUBLIC_KEY + ID_P256)
    whole = _der(SEQUENCE, _der(INTEGER, b"\0") + algorithm + _der(OCTETS, private))
    text = "\n".join(textwrap.wrap(base64.b64encode(whole).decode(), 64))
    return f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"


def _der(tag: int, content: bytes) -> bytes:
    """One DER value; nothing here is long enough to need more than one byte of length."""
    if len(content) > 127:
        raise ValueError("too long for one byte of length")
    return bytes([tag, len(content)]) + content
