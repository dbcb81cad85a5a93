"""Only bodies that our own WAHA signed are let in."""

import json
from pathlib import Path

import pytest

from bot.receiving.signature import is_signed, sign

EXAMPLE = json.loads((Path(__file__).parent.parent / "payloads/waha/headers_example.json").read_text())
RAW = EXAMPLE["raw_body"].encode()
SIGNATURE = EXAMPLE["headers"]["X-Webhook-Hmac"]
KEY = EXAMPLE["hmac_key"]


def test_the_recorded_signature_of_waha_is_accepted() -> None:
    assert is_signed(RAW, signature=SIGNATURE, algorithm="sha512", key=KEY)


def test_without_a_key_nothing_is_asked() -> None:
    assert is_signed(RAW, signature=None, algorithm=None, key="")


REFUSED = {
    "another body": (RAW + b" ", SIGNATURE, "sha512"),
    "another signature": (RAW, sign(RAW, "wrong"), "sha512"),
    "no signature": (RAW, None, "sha512"),
    "no algorithm": (RAW, SIGNATURE, None),
    "a weaker algorithm": (RAW, SIGNATURE, "sha1"),
    "letters beyond ascii": (RAW, "é" * 128, "sha512"),
    "a lone surrogate, as a header may carry": (RAW, "\udcff" * 128, "sha512"),
}


@pytest.mark.parametrize(("raw", "signature", "algorithm"), REFUSED.values(), ids=REFUSED.keys())
def test_whatever_is_not_the_keys_own_is_refused(
    raw: bytes, signature: str | None, algorithm: str | None
) -> None:
    assert not is_signed(raw, signature=signature, algorithm=algorithm, key=KEY)
