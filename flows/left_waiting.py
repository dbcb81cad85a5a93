"""Has somebody who paid been left without a word? That is a complaint, whatever else the sentence sounds like.

"Sudah transfer DP minggu lalu tapi belum ada kabar, penipu ya?" is full of the words of buyers and of those who ask for our licence, so
a model of intents hears those; what is meant is in how the two halves stand together.
"""

import re

_NO = r"(?:belum|belom|blm|ga|gak|nggak|ngga|enggak|kagak|kaga|tak|tidak|tdk|ndak|no|not|never|nobody|tanpa)"
PAID = re.compile(
    r"\b(?:sudah|udah|udh|sdh|dah|habis|abis|abiz|telah|setelah|have|has|i|already)\b.{0,24}?"
    r"\b(?:transfer|tf|trf|bayar|dibayar|membayar|setor|disetor|kirim dp|lunas\w*|pelunasan|paid|transferred)\b"
    r"|\b(?:uang|dp|duit|dana|bukti|money|payment|deposit)\b.{0,24}?\b(?:sudah|udah|udh|sdh|dah|already)\b.{0,12}?"
    r"\b(?:masuk|dikirim|transfer|ditransfer|tf|terpotong|bayar|dibayar|paid|sent)\b",
    re.IGNORECASE | re.DOTALL,
)
WITHOUT_A_WORD = re.compile(
    rf"\b{_NO}\b.{{0,12}}?\b(?:kabar\w*|balas\w*|bales\w*|dibalas|dibales|respon\w*|direspon|konfirmasi\w*|dikonfirmasi|dikabari|"
    r"dikabarin|ngabarin|dihubungi|menghubungi|hubungi|follow ?up|ditanggapi|digubris|ada yang|contacted|replied|answered|heard|"
    r"confirmation|reply|news|response)\b"
    r"|\b(?:didiemin|didiamkan|diabaikan|dicuekin|digantung|ignored)\b",
    re.IGNORECASE | re.DOTALL,
)
ACCUSES = re.compile(
    r"\b(?:penipu|penipuan|nipu|menipu|ditipu|ketipu|tipu-?tipu|bawa kabur|dibawa kabur|scam\w*|fraud)\b",
    re.IGNORECASE,
)


def is_left_waiting(text: str) -> bool:
    """Whether the text says that money went out and then nothing came back, or that it went to cheats."""
    return PAID.search(text) is not None and (
        WITHOUT_A_WORD.search(text) is not None or ACCUSES.search(text) is not None
    )
