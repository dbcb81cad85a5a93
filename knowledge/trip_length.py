"""How many days shall the trip last? "Yang 12 hari", "paket 9 hari", "any 12-day package?"

Works on standard text. Days are said of much else ("2 hari lagi", "14 hari kerja", "cuti 10 hari"), so something of the trip must stand
before them, unless they open the message.
"""

import re

from knowledge.numbers import NUMBER, read_number

SHORTEST, LONGEST = 5, 60  # Days. Nobody sells a shorter journey, and longer ones are counted in months.
_OF_A_TRIP = (
    r"(?:\b(?:yang|ada|a|an|paket(?:nya)?|program(?:nya)?|umroh(?:nya)?|perjalanan(?:nya)?|wisata|tur|trip|durasi(?:nya)?|lama(?:nya)?"
    r"|selama|lebih lama,?) (?:sekitar |kira-kira )?|^\W*)"
)
_OF_SOMETHING_ELSE = r"(?! *(?:lagi|yang lalu|lalu|kemudian|sebelum|setelah|sesudah|ke depan|kerja|cuti|di|in|at|dari|from|kalender)\b)"
_DAYS = re.compile(rf"{_OF_A_TRIP}({NUMBER})[ -]?hari(?:an)?\b{_OF_SOMETHING_ELSE}")


def read_days(text: str) -> int | None:
    """The length of the trip that a standard text names in days, or None.

    >>> read_days("ada yang 12 hari tidak"), read_days("2 hari lagi saya kabari"), read_days("paket 9 hari berapa")
    (12, None, 9)
    """
    lengths = (read_number(match.group(1)) for match in _DAYS.finditer(text))
    return next((days for days in lengths if days is not None and SHORTEST <= days <= LONGEST), None)
