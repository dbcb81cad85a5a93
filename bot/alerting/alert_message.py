"""What do staff read and press in an alert? All Indonesian words of the Telegram alerts, as data, and how a message is made of them.

Never the customer's words or whole number: the text is made from a fixed list of facts, and the phone is masked here.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerting.telegram_answers import Button
from flows.masking import mask_phone
from flows.wording import moment_words
from storage.moments.alerts import AlertNews


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one kind of alert says: what happened, and the reason in words."""

    title: str
    reason: str


KINDS: dict[str, Wording] = {
    "payment_intent": Wording(
        title="💰 Pelanggan siap membayar", reason="menanyakan cara pembayaran atau ingin mendaftar"
    ),
    "customer_request": Wording(
        title="🙋 Pelanggan minta dilayani staf", reason="meminta bicara dengan manusia"
    ),
    "low_confidence": Wording(
        title="❓ Bot tidak memahami pelanggan", reason="pesannya berulang kali tidak dipahami"
    ),
    "complex_question": Wording(
        title="🧩 Pertanyaan belum ada jawabannya", reason="jawabannya tidak ada di data paket maupun FAQ"
    ),
    "complaint": Wording(title="⚠️ Keluhan pelanggan", reason="menyampaikan keluhan"),
    "staff": Wording(title="👤 Percakapan diserahkan", reason="diserahkan oleh staf"),
    "case": Wording(title="📂 Kasus baru dibuka", reason="keluhan dicatat sebagai kasus"),
    "task_due": Wording(
        title="🗓️ Tindak lanjut jatuh tempo", reason="tugas untuk calon pembeli ini belum selesai"
    ),
    "case_due": Wording(title="⏳ Tenggat kasus mendekat", reason="waktu yang dijanjikan hampir habis"),
    "case_overdue": Wording(title="🔥 Kasus lewat tenggat", reason="waktu yang dijanjikan sudah habis"),
    "parked": Wording(title="🛠️ Pesan gagal diproses", reason="bot gagal menjawab, staf perlu membalas"),
    "send_failed": Wording(title="✉️ Balasan tidak terkirim", reason="WhatsApp menolak kiriman kita"),
    "send_unknown": Wording(
        title="📎 Kiriman belum pasti sampai", reason="periksa di ponsel apakah berkasnya sudah terkirim"
    ),
    "session_down": Wording(
        title="📵 WhatsApp terputus", reason="tidak ada pesan yang terkirim; jalankan `sapa waha status`"
    ),
    "reveal": Wording(
        title="🔓 Data pelanggan dibuka", reason="bagian kepatuhan membuka data pelanggan selama 30 menit"
    ),
    "audit_head": Wording(
        title="🔏 Segel audit hari ini",
        reason="simpan pesan ini; segelnya membuktikan kelak bahwa audit tidak dipotong",
    ),
    "audit_broken": Wording(
        title="🚨 Rantai audit rusak", reason="catatan audit diubah atau dihapus; lihat halaman Audit"
    ),
    "account_restricted": Wording(
        title="⛔ WhatsApp membatasi nomor kita", reason="pesan ke orang baru ditolak untuk sementara"
    ),
}
# A kind that this list does not know yet must still reach somebody.
UNKNOWN_KIND = Wording(title="🔔 Perlu perhatian staf", reason="lihat percakapannya")

CLOCKS = {"first_response": "tanggapan pertama", "resolution": "penyelesaian"}

REMINDER = "⏰ Pengingat: "
TAKE, SNOOZE, OPEN = "Ambil", "Tunda 15 menit", "Buka"
TAKE_DATA, SNOOZE_DATA = "take", "snooze"

TAKEN_NOW = "Anda mengambil percakapan ini."
TAKEN_BY = "Sudah diambil {who}."
TAKEN_LINE = "✅ Diambil {who}"
SNOOZED_LINE = "⏰ Ditunda sampai {when}"
SNOOZED_UNTIL = "Ditunda sampai {when}."
OVER = "Percakapan ini sudah tidak menunggu lagi."
OVER_LINE = "✅ Sudah tidak menunggu"
NOT_ALLOWED = "Maaf, akun Anda tidak dapat mengambil percakapan ini."
NOT_LINKED = "Maaf, akun Telegram Anda belum terhubung ke Sapa. Minta ADMIN mengisi ID Telegram {telegram_id} di akun Anda."
NOT_KNOWN = "Tombol ini sudah tidak berlaku."

CONVERSATION_PATH = "/panel/inbox/{conversation_id}"
CASE_PATH = "/panel/cases/{case_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOptions:
    """zone: the one in which staff read times. public_url empty: no button opens the panel."""

    zone: ZoneInfo
    public_url: str = ""


def alert_text(news: AlertNews, options: AlertOptions, closing: str | None = None) -> str:
    """The whole message; closing is its last line once somebody has pressed a button."""
    wording = KINDS.get(news.kind, UNKNOWN_KIND)
    lines = [
        f"{REMINDER if news.is_reminder else ''}{wording.title}",
        f"Alasan: {wording.reason}",
        *_case_lines(news),
        *_seal_lines(news),
        f"Paket: {news.package_name}" if news.package_name else "",
        f"Pelanggan: {mask_phone(news.phone)}" if news.phone else "",
        f"Menunggu sejak {moment(news.waiting_since, options)}",
        closing or "",
    ]
    return "\n".join(line for line in lines if line)


def _case_lines(news: AlertNews) -> list[str]:
    """Which case, how much of its time is gone, and who is called; nothing for alerts about something else."""
    if "case_number" not in news.facts:
        return []
    clock = CLOCKS.get(str(news.facts["clock"]), "")
    lines = [f"Kasus: {news.facts['case_number']}", f"Waktu {clock} terpakai: {news.facts['percent']} %"]
    return [*lines, f"Untuk: {news.facts['to']}"] if news.facts.get("to") else lines


def _seal_lines(news: AlertNews) -> list[str]:
    """The audit's head, which proves something only where it is kept outside of our own machines."""
    if "head" not in news.facts:
        return []
    return [f"Segel: {news.facts['head']}", f"Kejadian tersegel: {news.facts['sealed']}"]


def alert_buttons(news: AlertNews, options: AlertOptions, *, is_settled: bool = False) -> tuple[Button, ...]:
    """Take, snooze and open, as far as they make sense; a settled alert can only be opened."""
    take = Button(label=TAKE, data=f"{TAKE_DATA}:{news.id}")
    later = Button(label=SNOOZE, data=f"{SNOOZE_DATA}:{news.id}")
    look = Button(label=OPEN, url=_link(news, options))
    wanted = {
        take: not is_settled and news.conversation_id is not None,
        later: not is_settled,
        look: look.url is not None,
    }
    return tuple(button for button, is_wanted in wanted.items() if is_wanted)


def moment(at: datetime, options: AlertOptions) -> str:
    return moment_words(at.astimezone(options.zone))


def _link(news: AlertNews, options: AlertOptions) -> str | None:
    if not options.public_url:
        return None
    if "case_id" in news.facts:
        return options.public_url + CASE_PATH.format(case_id=news.facts["case_id"])
    if news.conversation_id is None:
        return None
    return options.public_url + CONVERSATION_PATH.format(conversation_id=news.conversation_id)
