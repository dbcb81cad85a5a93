"""Was this body really sent by our WAHA? HMAC-SHA512 over the raw bytes, checked before anything is parsed.

The signature carries no time on purpose: WAHA retries for over an hour with the first attempt's timestamp, so freshness is no
defence here; repeats are stopped by the inbox's unique key.
"""

import hmac

SIGNATURE_HEADER = "X-Webhook-Hmac"
ALGORITHM_HEADER = "X-Webhook-Hmac-Algorithm"
ALGORITHM = "sha512"


def is_signed(raw: bytes, *, signature: str | None, algorithm: str | None, key: str | None) -> bool:
    """True when no key is set, or when the signature is the key's own over raw and the algorithm is named as sha512."""
    if not key:
        return True
    if not signature or (algorithm or "").strip().lower() != ALGORITHM:
        return False
    given = signature.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(given, sign(raw, key).encode("ascii"))


def sign(raw: bytes, key: str) -> str:
    """The hexadecimal signature that WAHA puts into X-Webhook-Hmac."""
    return hmac.digest(key.encode("utf-8"), raw, ALGORITHM).hex()
