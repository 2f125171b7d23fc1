"""The private step of a blind stamp: one number raised to a secret power (RFC 9474, 4.3).

OpenSSL's own raw RSA does it, by ctypes: it blinds the base, takes the same time for every key, and
is mended by the distribution. Where no OpenSSL is found, gmpy2's constant-time power does, slower.
Every answer is raised to the public power again before it leaves: a faulty one would give the key
away. Python's `pow` is never given a secret. gmpy2 does the public power too: 22 us instead of 142.
"""

import ctypes
import json
import secrets
import threading
from importlib import resources
from math import gcd
from typing import Protocol

import gmpy2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from wayhome.crypto.stamps import EXPONENT, MODULUS_BITS

_NO_PADDING = 3  # RSA_NO_PADDING
_OLDEST = 0x3000_0000  # OPENSSL_VERSION_NUMBER of 3.0.0
_LIBRARIES = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.3.dylib", "libcrypto-3-x64.dll")


class BadBlinded(Exception):  # noqa: N818 - turned into a refusal by the stamping desk
    """What is to be stamped is not a number below the modulus, or is zero."""


class SignerFault(Exception):  # noqa: N818 - the machine's fault
    """An answer did not check. The desk stops: the next one could give the key away."""


class _Backend(Protocol):
    def power(self, number: bytes) -> bytes:
        """Raise to the secret power; as many bytes as the modulus has."""


class Signer:
    """One stamp key, ready to sign. Safe for threads; other threads run while it works."""

    def __init__(self, secret: bytes, backend: str = "") -> None:
        """Load a PKCS#8 key; ``backend`` is `openssl` or `gmpy2`, empty for the better.

        Whether its parts fit is not asked, which takes half a second: it is this desk's own, from
        under a seal, and an answer of a key that does not fit is never given out.

        Raises:
            SignerFault: the back end that was asked for is not there.
        """
        private = serialization.load_der_private_key(
            secret, None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(private, rsa.RSAPrivateKey):
            raise SignerFault("a stamp key is an RSA key")
        numbers = private.private_numbers()
        self._modulus = numbers.public_numbers.n
        self._exponent = numbers.public_numbers.e
        self._bytes = (self._modulus.bit_length() + 7) // 8
        self.backend = backend or ("openssl" if _libcrypto() else "gmpy2")
        self._power: _Backend = _OpenSsl(secret) if self.backend == "openssl" else _Gmp(numbers)

    def sign(self, blinded: bytes) -> bytes:
        """Sign a blinded number; the same one always gets the same answer.

        Raises:
            BadBlinded: it is not the modulus's length, zero, or not below the modulus.
            SignerFault: the answer does not check.
        """
        number = int.from_bytes(blinded, "big")
        if len(blinded) != self._bytes or not 0 < number < self._modulus:
            raise BadBlinded(f"{self._bytes} bytes, above zero and below the modulus")
        answer = self._power.power(blinded)
        if gmpy2.powmod(int.from_bytes(answer, "big"), self._exponent, self._modulus) != number:
            raise SignerFault("the answer does not check")
        return answer


def self_test(backend: str = "") -> None:
    """Run the vector of RFC 9474, A.3, through a back end; a desk does so before it opens.

    Raises:
        SignerFault: the back end is missing or does not give the RFC's answer.
    """
    text = resources.files("wayhome.crypto").joinpath("rfc9474_a3.json").read_text("ascii")
    vector: dict[str, str] = json.loads(text)
    p, q, d, e, n = (int(vector[name], 16) for name in ("p", "q", "d", "e", "n"))
    crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    numbers = rsa.RSAPrivateNumbers(p, q, d, *crt, rsa.RSAPublicNumbers(e, n))
    private = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    signer = Signer(pkcs8(private), backend)
    if signer.sign(bytes.fromhex(vector["blinded_msg"])).hex() != vector["blind_sig"]:
        raise SignerFault("the back end does not give RFC 9474's answer")


def new_stamp_secret() -> bytes:
    """Make a stamp key: PKCS#8, DER. A secret that exists in one place only."""
    return pkcs8(rsa.generate_private_key(EXPONENT, MODULUS_BITS))


def pkcs8(private: rsa.RSAPrivateKey) -> bytes:
    """Write a private key as PKCS#8, DER, unencrypted; the caller keeps it secret."""
    return private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


class _OpenSsl:
    """EVP_PKEY_decrypt without padding is the raw private step; one context for each thread."""

    def __init__(self, secret: bytes) -> None:
        library = _libcrypto()
        if library is None:
            raise SignerFault("no OpenSSL 3 is found")
        self._library = library
        start = ctypes.c_char_p(secret)
        self._key = library.d2i_AutoPrivateKey(None, ctypes.byref(start), len(secret))
        if not self._key:
            library.ERR_clear_error()
            raise SignerFault("OpenSSL does not read the key")
        self._bytes = library.EVP_PKEY_get_size(self._key)
        self._contexts = threading.local()

    def power(self, number: bytes) -> bytes:
        answer = ctypes.create_string_buffer(self._bytes)
        size = ctypes.c_size_t(self._bytes)
        asked = (answer, ctypes.byref(size), number, len(number))
        if self._library.EVP_PKEY_decrypt(self._context(), *asked) != 1:
            self._library.ERR_clear_error()  # else the next call in this thread may trip over it
            raise SignerFault("OpenSSL did not answer")
        return answer.raw[: size.value]

    def _context(self) -> int:
        context: _Context | None = getattr(self._contexts, "own", None)
        if context is None:
            context = self._contexts.own = _Context(self._library, self._key)
        return context.pointer

    def __del__(self) -> None:
        if getattr(self, "_key", None):
            self._library.EVP_PKEY_free(self._key)


class _Context:
    """A context that is freed when its thread ends; OpenSSL counts its hold on the key."""

    def __init__(self, library: ctypes.CDLL, key: int) -> None:
        self._library = library
        self.pointer: int = library.EVP_PKEY_CTX_new(key, None)
        if (
            not self.pointer
            or library.EVP_PKEY_decrypt_init(self.pointer) != 1
            or library.EVP_PKEY_CTX_set_rsa_padding(self.pointer, _NO_PADDING) != 1
        ):
            library.ERR_clear_error()
            raise SignerFault("OpenSSL does not prepare the key")

    def __del__(self) -> None:
        if self.pointer:
            self._library.EVP_PKEY_CTX_free(self.pointer)


class _Gmp:
    """The Chinese remainder theorem over constant-time powers, on a blinded base."""

    def __init__(self, numbers: rsa.RSAPrivateNumbers) -> None:
        self._numbers = numbers
        self._bytes = (numbers.public_numbers.n.bit_length() + 7) // 8

    def power(self, number: bytes) -> bytes:
        key, modulus = self._numbers, self._numbers.public_numbers.n
        factor = _unit(modulus)
        with gmpy2.context(allow_release_gil=True):  # other threads run while it raises
            hidden = gmpy2.powmod(factor, key.public_numbers.e, modulus)
            hidden *= int.from_bytes(number, "big")
            left = gmpy2.powmod_sec(hidden % key.p, key.dmp1, key.p)
            right = gmpy2.powmod_sec(hidden % key.q, key.dmq1, key.q)
        raised = right + (left - right) * key.iqmp % key.p * key.q
        return int(raised * gmpy2.invert(factor, modulus) % modulus).to_bytes(self._bytes, "big")


def _unit(modulus: int) -> int:
    while gcd(factor := secrets.randbelow(modulus - 1) + 1, modulus) != 1:
        pass
    return factor


def _libcrypto() -> ctypes.CDLL | None:
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        if library.OpenSSL_version_num() >= _OLDEST:
            return _declared(library)
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, number = ctypes.c_void_p, ctypes.c_int
    library.d2i_AutoPrivateKey.restype = pointer
    library.d2i_AutoPrivateKey.argtypes = [pointer, pointer, ctypes.c_long]
    library.EVP_PKEY_get_size.argtypes = [pointer]
    library.EVP_PKEY_free.argtypes = [pointer]
    library.EVP_PKEY_CTX_new.restype = pointer
    library.EVP_PKEY_CTX_new.argtypes = [pointer, pointer]
    library.EVP_PKEY_CTX_free.argtypes = [pointer]
    library.EVP_PKEY_decrypt_init.argtypes = [pointer]
    library.EVP_PKEY_CTX_set_rsa_padding.argtypes = [pointer, number]
    library.EVP_PKEY_decrypt.argtypes = [
        pointer,
        ctypes.c_char_p,
        pointer,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ]
    return library
