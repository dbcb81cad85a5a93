"""Is this the shape of a campaign code, and where does an ad's link lead? PKG_MONTH_YEAR_TYPE, as the contract writes it."""

import re

_CODE = re.compile(r"[A-Z]{2,8}_[A-Z]{2,10}_(?:\d{4}|\d{2})_[A-Z0-9]{1,30}")


def ad_code(written: str) -> str | None:
    """The code in its canonical writing, None for what has another shape: nothing else is counted or passed on."""
    code = re.sub(r"[\s-]+", "_", written.strip().upper())
    return code if _CODE.fullmatch(code) else None


def whatsapp_link(phone: str | None, code: str) -> str:
    """Opens WhatsApp with the code written (its letters need no escaping); without our number WhatsApp asks whom to send it to."""
    digits = re.sub(r"\D", "", phone or "")
    return f"https://wa.me/{digits}?text={code}"
