"""The panel speaks one language at a time: refusals of rules in Indonesian, reasons of rules and models in English."""

import ast
import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from admin import problems
from admin.pages.sentences import about_in_words, in_words, reason_in_words, summary_in_words
from admin.words import Words
from bot.scripts.chat_player import differences
from bot.scripts.chat_script import Step
from bot.whatsapp import Outgoing
from flows.domain import Consent, HandoverReason, Package, Phase, Preference
from flows.lead_score import LeadFacts, lead_score
from flows.next_best_action import ActionKind, Standing, next_best_actions
from flows.persona import Budget, Survey, persona_of
from flows.rfm import SEGMENT_WORDS, STRATEGY, RfmSegment, Ruleset, rfm, segment_of
from flows.summary import NOT_TOPICS, TOPICS, Told, handover_notes
from knowledge.pack import PACKS
from knowledge.replies import check_reply, pack_texts
from ml.serve.segments import ADVICE
from tests.people import NOW

ROOT = Path(__file__).parents[2]
SAYS_NO = frozenset({"conflict", "invalid", "forbidden", "missing", "Refusal", "Problem"})
# Said to programs only: no page sends such a body.
API_ONLY = frozenset(
    {
        "MARKETING may only try the bot out: send dry_run true.",
        "The body is empty. Send a JSON object.",
        "The body is no JSON that can be read.",
        "A body may have … bytes at most.",
    }
)


def _refusals() -> set[str]:
    """Every sentence with which a rule or a guard says no, `…` where something is filled in."""
    return {
        sentence
        for room in ("flows", "storage", "admin")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS_NO
        for sentence in map(_text, [*node.args, *(word.value for word in node.keywords)])
        if " " in sentence and sentence[-1:] in ".!?"
    }


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_refusal_has_its_indonesian() -> None:
    said = (_refusals() | set(problems._DETAILS.values())) - API_ONLY
    assert len(said) > 50, "the search finds what it looks for"
    assert {sentence for sentence in said if in_words(sentence, "id") == sentence} == set()


@pytest.mark.parametrize(
    "text",
    [
        "{{ foo }}", "{{ package.hotel_makah }}", "{{ company.pin.foo }}", "{{ package.price|ruppiah }}", "{{ package.price|rupiah(3) }}",
        "{{ package|bullets(0) }}", "{% for x in y %}{% endfor %}", "{{ 1.5 }}", "{{ 3 + 4 }}", "{{ 'a' ~ 'b' }}", "{% if %}",
        "{% if package is odd %}{% endif %}", "{% if package %}", "{{ package.price", "{% endif %}", "{{ a b }}", "{{ § }}",
        "{{ package.price|rupiah }", "{{ package.features }}", "  ", "x" * 20_000,
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_text_is_said_in_indonesian(text: str) -> None:
    problems = check_reply("ask_price", text)
    assert problems
    for problem in problems:
        assert not _ENGLISH.search(in_words(problem, "id")), in_words(problem, "id")


_ENGLISH = re.compile(r"\b(the|this|is|has|not|there|expected|got|known|statement|unexpected|allowed|text)\b")


def test_what_a_script_misses_is_said_in_indonesian() -> None:
    step = Step(
        hears=["a"], not_hears=["b"], texts=2, silent=True, media=["image"], phase=Phase.INTEREST, leads=1
    )
    b = Outgoing(session="default", chat_id="1@c.us", call="sendText", payload={"text": "b"})
    lines = [*differences(step, [b], None), *differences(Step(hears=["a"]), [], None)]
    assert len(lines) == 8
    for line in lines:
        said = in_words(f"step 2: {line}", "id")
        assert said.startswith("langkah 2: ")
        assert not _ENGLISH.search(said), said


def _reasons() -> set[str]:
    """What rules say about customers and leads, over all that they tell apart."""
    said = set(STRATEGY.values()) | set(ADVICE.values())
    said |= {
        rule
        for r, f, m in product(range(1, 6), repeat=3)
        for v in Ruleset
        for rule in (segment_of(r, f, m, v)[1],)
    }
    said |= {rfm(days, 3, 12_500_000).segment_reason for days in (None, 3, 400)}
    said |= {
        action.reason
        for segment, consent, quiet, risk in product(RfmSegment, Consent, (None, 45), (None, 0.8))
        for action in next_best_actions(
            Standing(
                segment=segment, consent=consent, days_since_contact=quiet, churn_risk=risk,
                open_cases=2 * (quiet is None), open_lead_days=quiet,
            )
        )
    }  # fmt: skip
    said |= {
        sentence
        for phase, quiet, segment in product(Phase, (0, 2, 5, 30), RfmSegment)
        for _, sentence in lead_score(
            LeadFacts(
                phase=phase, has_package=True, is_high_intent=True, says_budget=True, says_people=True,
                is_from_ad=True, days_quiet=quiet, open_cases=1, segment=segment,
            )
        ).reasons
    }  # fmt: skip
    surveys = (
        None,
        *(Survey(hobby=hobby, budget=budget) for hobby in ("gaming", "chatting") for budget in Budget),
    )
    return said | {reason for survey in surveys for reason in persona_of(survey, (), NOW).reasons}


def test_every_reason_has_its_english() -> None:
    assert {reason for reason in _reasons() if reason_in_words(reason, "en") == reason} == set()


def test_no_reason_says_a_constant_s_name() -> None:
    names = {segment.value for segment in RfmSegment}
    assert {
        reason for reason in _reasons() if names & set(reason.replace(".", " ").replace(":", " ").split())
    } == set()


def _told() -> dict[str, Told]:
    hemat = Package(
        code="UMR_MAR_2027_HEMAT",
        name="Umroh Hemat",
        price=25_000_000,
        departure_date=date(2027, 3, 15),
    )
    plan = Preference(pax=2, months=(3, 5), budget_idr=30_000_000, hijri="ramadhan")
    asked = tuple(intent for intent in TOPICS if intent not in NOT_TOPICS)
    return {
        f"{phase} {consent} {at}": Told(
            phase=phase, name="H. Abdul", package=hemat if at % 2 else None, preference=plan,
            asked=asked[at : at + 4], high_intent=bool(at % 3), consent=consent,
        )
        for phase, consent, at in product(Phase, Consent, range(len(asked)))
    }  # fmt: skip


def test_every_summary_of_the_bot_reads_in_english() -> None:
    left = {
        word
        for reason, told in product(HandoverReason, _told().values())
        for word in summary_in_words(handover_notes(reason, told), "en").replace(",", " ").split()
        if word in {"dan", "yang", "paket", "belum", "ingin", "berangkat", "bulan", "Maret", "orang", "anggaran", "sebelumnya"}
        or (word in " ".join(TOPICS.values()).split() and word not in ("hotel", "itinerary"))
    }  # fmt: skip
    assert left == set()


def test_what_a_person_noted_beside_the_summary_stays_as_it_was_typed() -> None:
    summary = "Siap membayar: kirimkan cara pembayaran resmi. Siti ingin mendaftar Umroh Hemat (Rp 25.000.000, berangkat 15 Maret 2027)."
    noted = f"{summary}\nSudah saya telepon. Besok lagi"
    assert summary_in_words(noted, "id") == noted
    assert summary_in_words(noted, "en") == (
        "Ready to pay: send the official ways to pay. Siti wants to sign up for Umroh Hemat (Rp 25.000.000, departing 15 March 2027)."
        "\nSudah saya telepon. Besok lagi"
    )


@pytest.mark.parametrize(
    ("indonesian", "english"),
    [
        ("Berisiko pergi, dan 45 hari tanpa kontak.", "At risk, and 45 days without contact."),
        ("Pemakaian data 12,5 GB per bulan, lebih tinggi dari kebanyakan pelanggan: menaikkan risiko berhenti.",
         "Uses 12,5 GB a month, more than most customers: raises the risk of leaving."),
        ("R5 F1 M2: aktif terakhir 3 hari lalu, 1 transaksi, Rp 25.000.000. R paling rendah 4, F di bawah 4: Potensial.",
         "R5 F1 M2: last active 3 days ago, 1 transaction, Rp 25.000.000. R is 4 at least, F below 4: Potential."),
        ("1 keluhan masih terbuka; jangan menawarkan apa pun dulu.", "1 complaint is still open; offer nothing for now."),
        ("2 keluhan tercatat", "2 complaints on file"),
        ("Empat adalah pilihan bisnis: empat cara melayani pelanggan. Silhouette lebih menyukai k = 3; "
         "kestabilan empat kelompok diuji dengan bootstrap.",
         "Four is a business choice: four ways to serve customers. The silhouette prefers k = 3; "
         "that four groups are stable was tried with bootstraps."),
        ("Sesuatu yang tidak dikenal.", "Sesuatu yang tidak dikenal."),
    ],
)  # fmt: skip
def test_a_reason_is_put_together_from_its_parts(indonesian: str, english: str) -> None:
    assert reason_in_words(indonesian, "en") == english
    assert reason_in_words(indonesian, "id") == indonesian


def test_a_refusal_names_things_in_the_same_language() -> None:
    assert (
        in_words("There is no such lead.", "id")
        == "Calon pembeli itu tidak ada, atau di luar jangkauan Anda."
    )


@pytest.mark.parametrize("pack", sorted(path.parent.name for path in PACKS.glob("*/pack.toml")))
def test_when_a_text_is_used_reads_in_english(pack: str) -> None:
    abouts = {text.about for text in pack_texts(pack) if text.about}
    assert {about for about in abouts if about_in_words(about, "en") == about} == set()
    assert {about_in_words(about, "id") for about in abouts} == abouts


def test_segments_and_actions_have_words() -> None:
    words = Words(language="id")
    keys = [f"segment_{name}" for name in SEGMENT_WORDS] + [f"action_{name}" for name in ActionKind]
    assert [key for key in keys if not words.knows(f"value.{key}")] == []
