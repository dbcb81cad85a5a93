"""Has something gone wrong with somebody's money? That is a complaint, whatever else the sentence sounds like.

"Sudah transfer DP minggu lalu tapi belum ada kabar, penipu ya?" is full of the words of buyers and of those who ask for our licence, so
a model of intents hears those; what is meant is in how the two halves stand together. So it is with "saya ditipu" and "uang saya hilang".
"""

import re

# All patterns are for small letters: one that minds no case takes three times as long.
_NO = r"(?:belum|belom|blm|ga|gak|nggak|ngga|enggak|kagak|kaga|tak|tidak|tdk|ndak|no|not|never|nobody|tanpa)"
# "Kalau sudah bayar tapi belum dikonfirmasi?" asks before paying; "saya pernah ketipu" tells of somebody else.
_SUPPOSES = re.compile(
    r"\b(?:kalau|kalo|klo|jika|jikalau|bila|apabila|misal\w*|andai\w*|seandainya|takut\w*|khawatir|trauma|jangan|if)\b",
)
_OF_OTHERS = re.compile(r"\b(?:pernah|teman|temen|tetangga|orang|once|friend)\b")
_PAID = re.compile(
    r"\b(?:sudah|udah|udh|sdh|dah|habis|abis|abiz|telah|setelah|have|has|i|already)\b.{0,24}?"
    r"\b(?:transfer|tf|trf|bayar|dibayar|membayar|setor|disetor|kirim dp|lunas\w*|pelunasan|paid|transferred)\b"
    r"|\b(?:uang|dp|duit|dana|bukti|money|payment|deposit)\b.{0,24}?\b(?:sudah|udah|udh|sdh|dah|already)\b.{0,12}?"
    r"\b(?:masuk|dikirim|transfer|ditransfer|tf|terpotong|bayar|dibayar|paid|sent)\b"
    r"|\b(?:bukti|struk|resi) (?:transfer|tf|trf|bayar|pembayaran|setor\w*)\b",
    re.DOTALL,
)
# What did not come, what was not done to them, or who did not do it. Their own "belum konfirmasi" and "tidak ada yang salah" are none.
_WITHOUT_A_WORD = re.compile(
    rf"\b{_NO}\b.{{0,8}}?\b(?:ada|dapat|dapet|terima|nerima|any|got)\b.{{0,8}}?"
    r"\b(?:kabar\w*|balas\w*|bales\w*|respon\w*|konfirmasi\w*|kejelasan|news|reply|response|confirmation)\b"
    rf"|\b{_NO}\b.{{0,12}}?\b(?:dibalas|dibales|direspon\w*|dikonfirmasi|dikabari\w*|dihubungi|ditanggapi|digubris|diproses|"
    r"contacted|replied|answered)\b"
    rf"|\b{_NO}\b.{{0,24}}?\b(?:yang|yg) (?:meng)?(?:hubungi|kontak|kabari|ngabarin|jawab|balas|bales|respon)\b"
    r"|\btanpa kabar\b|\b(?:didiemin|didiamkan|diabaikan|dicuekin|digantung|ignored)\b",
    re.DOTALL,
)
_ACCUSES = re.compile(
    r"\b(?:penipu|penipuan|nipu|menipu|ditipu|ketipu|tipu-?tipu|bawa kabur|dibawa kabur|scam\w*|fraud)\b",
)
# "Sudah bisa transfer?" and "saya siap bayar" have not.
_NOT_YET = re.compile(
    r"\b(?:bisa|boleh|siap|mau|ingin|harus|wajib|kapan|sebelum|perlu|want|can|will|would)\b"
)
# Whoever was cheated themselves; "pernah ketipu" and "takut ditipu" tell of others and of fears.
_WAS_CHEATED = re.compile(
    r"\b(?:saya|aku|kami|sy|ibu saya|bapak saya|i|we)\b.{0,16}?\b(?:ditipu|ketipu|tertipu|kena tipu|kena penipuan|"
    r"(?:was|were|been|got) (?:scammed|cheated))\b",
)
_NOT_US = re.compile(r"\b(?:dulu|pernah|lain|sebelah|teman|temen|tetangga|before|another|other)\b")
# "Uang saya hilang 2 juta di ATM!!!"; "uangnya hilang ga?" asks.
_LOST_MONEY = re.compile(
    r"\b(?:uang|saldo|duit|dana|pulsa|kuota|tabungan|money|balance)\b.{0,24}?"
    r"\b(?:hilang|ilang|raib|lenyap|kesedot|kepotong sendiri|terpotong sendiri|berkurang sendiri|disappeared|vanished|is gone)\b"
    r"(?! *(?:ga|gak|nggak|ngga|tidak|kah|apa)\b)",
)


def is_left_waiting(text: str) -> bool:
    """Whether the text says that their money went out and then nothing came back, or that it went to cheats."""
    text = text.lower()
    if not _PAID.search(text) or _SUPPOSES.search(text):
        return False
    accuses = _ACCUSES.search(text) is not None and not _OF_OTHERS.search(text)
    return accuses or _WITHOUT_A_WORD.search(text) is not None


def says_paid(text: str) -> bool:
    """Whether the text says that money went out already, whatever it wants besides."""
    text = text.lower()
    paid = _PAID.search(text)
    return paid is not None and not _SUPPOSES.search(text) and not _NOT_YET.search(paid.group())


def was_cheated(text: str) -> bool:
    """Whether the writer says that they were cheated, now and in our name: "saya ditipu orang yang ngaku dari kantor"."""
    text = text.lower()
    is_theirs = _WAS_CHEATED.search(text) is not None and not _NOT_US.search(text)
    return is_theirs and not _SUPPOSES.search(text)


def lost_money(text: str) -> bool:
    """Whether the writer's money is gone: nothing is sold to them now."""
    text = text.lower()
    is_theirs = _LOST_MONEY.search(text) is not None and not _NOT_US.search(text)
    return is_theirs and not _SUPPOSES.search(text)
