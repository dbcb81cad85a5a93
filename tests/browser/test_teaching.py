"""Marketing teaches the bot, in a real browser: a reply is edited, played through the scripts, approved, and heard by a customer."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.scripts.chat_script import read_scripts
from knowledge.pack import PACKS
from tests.browser.desk import log_in

SCRIPTS_MS = (
    120_000  # Dozens of conversations, beside whatever else the machine does; seconds when it does nothing.
)
PRICE = "/panel/prompts/reply:ask_price:id"


# All scripts of the pack are played by test_chats.py, with the same player; here it is what the panel makes of a run.
PLAYED = ("tahap.yaml", "iklan.yaml", "memilih.yaml")


@pytest.fixture(scope="module")
def service_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A second person approves texts, and the company has scripts of its own."""
    chats = tmp_path_factory.mktemp("chats")
    for name in PLAYED:
        shutil.copy(PACKS / "umroh" / "chats" / name, chats)
    return {"SAPA_PROMPT_APPROVAL": "on", "SAPA_CHATS": str(chats)}


def test_a_reply_is_edited_played_approved_and_heard(page: Page, service: str) -> None:
    log_in(page, service, "marketing")
    page.goto(f"{service}/panel/prompts")
    page.locator("#q").fill("ask_price")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Harga paket yang dipilih.* id")).click()

    box = page.get_by_label("Teks", exact=True)
    box.fill("Cuma {{ package.harga }} saja!")
    expect(page.locator("#review")).to_contain_text("Baris 1")
    box.fill("Cuma {{ package.price|rupiah }} saja per orang!")
    expect(page.locator("#review mark.word-new").first).to_be_visible()
    expect(page.locator("#review")).to_contain_text("total")

    page.get_by_role("textbox", name="Pesan pelanggan").fill("UMR_MAR_2027_HEMAT\nharganya berapa?")
    page.get_by_role("button", name="Lihat jawabannya").click()
    expect(page.locator("#tried .tried").nth(1)).to_contain_text("Cuma Rp 25.000.000 saja")

    page.get_by_role("button", name="Jalankan skrip percakapan").click()
    expect(page.locator("#run progress")).to_be_visible()
    expect(page.locator("#run .run-result")).to_be_visible(timeout=SCRIPTS_MS)
    expect(page.locator("#run .run-result")).to_contain_text("jawaban berubah")
    expect(page.locator("#run .tried").first).to_contain_text("Cuma")

    page.get_by_label("Nama versi").fill("lebih akrab")
    page.get_by_label("Alasan").fill("Supaya lebih akrab.")
    page.get_by_role("button", name="Kirim untuk disetujui").click()
    expect(page.get_by_text("Ini draf Anda sendiri")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("menunggu orang kedua")

    page.context.clear_cookies()
    log_in(page, service, "supervisor")
    page.goto(f"{service}/panel/prompts")
    page.get_by_role("link", name=re.compile("lebih akrab")).click()
    own = sum(len(read_scripts(PACKS / "umroh" / "chats" / name)) for name in PLAYED)
    passed = re.search(r"(\d+) skrip lulus", page.locator("#run .run-result").inner_text())
    assert passed is not None
    assert own / 2 < int(passed.group(1)) <= own  # Some say what the new text no longer says.
    page.get_by_role("button", name="Setujui dan terbitkan").click()
    expect(page.get_by_role("dialog")).to_contain_text("skrip percakapan gagal dengan teks ini")
    page.get_by_role("button", name="Ya, lanjutkan").click()
    expect(page.locator("#toasts")).to_contain_text("berlaku mulai pesan berikutnya")

    page.goto(f"{service}/simulator")
    for words in ("UMR_MAR_2027_HEMAT", "harganya berapa kak?"):
        page.get_by_role("textbox", name="Ketik pesan").fill(words)
        page.keyboard.press("Enter")
        expect(page.locator(".bubble.mine")).to_have_count(1 if words.startswith("UMR") else 2)
    expect(page.locator(".words", has_text="Cuma Rp 25.000.000 saja per orang!")).to_be_visible()


def test_a_question_without_an_answer_becomes_one(page: Page, service: str) -> None:
    page.goto(f"{service}/simulator")
    page.get_by_role("textbox", name="Ketik pesan").fill("boleh titip kucing selama umroh?")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble:not(.mine) .words").first).to_be_visible()

    log_in(page, service, "marketing")
    page.goto(f"{service}/panel/unanswered")
    row = page.locator(".group-row", has_text="kucing")
    row.get_by_role("link", name="Tulis jawaban").click()
    expect(page.get_by_label("Pertanyaan", exact=False).first).to_have_value(re.compile("kucing"))
    page.locator("#f-answer").fill("Mohon maaf, kami belum bisa menitipkan hewan.")
    page.get_by_role("button", name="Periksa").click()
    expect(page.locator("#matches .tried-answer").first).to_contain_text("belum bisa menitipkan hewan")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator(".tried-answer").last).to_contain_text("belum bisa menitipkan hewan")
    expect(page.locator("#toasts")).to_contain_text("Jawaban tersimpan")


def test_a_packages_new_picture_and_price_are_seen_before_they_are_saved(
    page: Page, service: str, a_picture: Path
) -> None:
    log_in(page, service, "marketing2")
    page.goto(f"{service}/panel/packages/UMR_OKT_2027_PLUSTURKI")
    page.locator("input[type=file][accept='image/jpeg,image/png,image/webp']").set_input_files(a_picture)
    expect(page.locator("#f-image_url")).to_have_value(re.compile("bukti-transfer.jpg$"))
    expect(page.locator("#picture")).to_have_attribute("src", re.compile("bukti-transfer.jpg$"))
    page.locator("#f-price").fill("40000000")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator("#says .tried-answer").first).to_contain_text("Rp 40.000.000")
    page.get_by_role("button", name="Simpan paket").click()
    expect(page.locator("#toasts")).to_contain_text("tersimpan")
    # The new picture is new; the brochure may still tell the old price.
    expect(page.locator(".alert-warning .alert-link").first).to_have_text("Brosur")
    page.goto(f"{service}/panel/packages")
    card = page.locator(".offer", has_text="UMR_OKT_2027_PLUSTURKI")
    expect(card).to_contain_text("Rp 40.000.000")
    card.get_by_role("button", name=re.compile("Kurangi")).click()
    expect(card).to_contain_text(re.compile(r"Sisa \d+ dari \d+ kursi"))
    card.get_by_role("button", name="Turunkan dari etalase").click()
    expect(page.locator("#toasts")).to_contain_text("diturunkan dari etalase")
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator("#toasts")).to_contain_text("dijual lagi")
