"""How do strangers fare? Each voice is left out once, and a model of all the others answers its messages.

`python -m ml.train.report` writes the table into `ml/README.md`; `sapa train nlu --report` prints it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.lexicon import lexicon_hash
from knowledge.pack import OUT_OF_SCOPE, PACKS, Pack, Utterance, load_pack, load_utterances, own_utterances
from ml.serve.intents import IntentModel, settle
from ml.text_features import readings
from ml.train.figures import Answer, answered_share, f1_of, macro_f1, refused_share
from ml.train.intents import Progress, calibrate, fit_linear, weigh_out_of_fold
from ml.train.nlu import choose_thresholds, hash_of

README = Path(__file__).parent.parent / "README.md"
MARKER = "leave-one-voice-out"
OTHER_TRADES = "other-trades"
# A voice that says less than this is no person but background.
FEWEST_IN_SCOPE = 50
FIRST = "umroh"  # The pack whose table is shown voice by voice.


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceReport:
    """What a model of the other voices made of one voice's messages."""

    voice: str
    answers: tuple[Answer, ...]


def leave_one_voice_out(rows: Sequence[Utterance], progress: Progress = lambda _: None) -> list[VoiceReport]:
    """One report for each voice that has something to say."""
    found = [readings(row.text) for row in rows]
    out_of_fold = weigh_out_of_fold(rows, found, progress)
    calibration = calibrate(out_of_fold)
    thresholds = choose_thresholds(out_of_fold, calibration)

    def report(voice: str) -> VoiceReport:
        train = [i for i, row in enumerate(rows) if row.voice != voice]
        own = [i for i, row in enumerate(rows) if row.voice == voice]
        linear = fit_linear([found[i] for i in train], [rows[i].intent for i in train])
        judged = IntentModel(linear=linear, calibration=calibration).judge([found[i] for i in own])
        settled = [settle(j, thresholds["most_foreign"], thresholds["min_confidence"]) for j in judged]
        progress(f"left out: {voice}")
        answers = [
            Answer(meant=rows[i].intent, taken=t, confidence=c)
            for i, (t, c) in zip(own, settled, strict=True)
        ]
        return VoiceReport(voice=voice, answers=tuple(answers))

    return [report(voice) for voice in talkative_voices(rows)]


def talkative_voices(rows: Sequence[Utterance]) -> list[str]:
    in_scope = [row.voice for row in rows if row.intent != OUT_OF_SCOPE]
    return [voice for voice in sorted(set(in_scope)) if in_scope.count(voice) >= FEWEST_IN_SCOPE]


def as_table(rows: Sequence[Utterance], reports: Sequence[VoiceReport]) -> str:
    """The report as Markdown: what it was made of, each voice, each intent over all voices."""
    everything = [answer for report in reports for answer in report.answers]
    lines = [
        f"{made_of(rows)}\n",
        "| voice left out | macro-F1 | in scope answered | out of scope refused |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r.voice} | {_figures(r.answers)} |" for r in sorted(reports, key=lambda r: macro_f1(r.answers))
    ]
    lines += [
        f"| **all** | {_figures(everything)} |",
        "",
        "| intent | F1 | messages |",
        "| --- | --- | --- |",
    ]
    for intent, score in sorted(f1_of(everything).items(), key=lambda pair: pair[1]):
        lines.append(f"| {intent} | {score:.3f} | {sum(answer.meant == intent for answer in everything)} |")
    return "\n".join(lines) + "\n"


def made_of(rows: Sequence[Utterance]) -> str:
    """What the figures were measured on, so that a test can tell when they are stale."""
    return f"Measured on {len(rows)} messages (data {hash_of(rows)}, lexicon {lexicon_hash()})."


def _figures(answers: Sequence[Answer]) -> str:
    refused = f"{refused_share(answers):.3f}" if any(a.meant == OUT_OF_SCOPE for a in answers) else "–"
    return f"{macro_f1(answers):.3f} | {answered_share(answers):.3f} | {refused}"


def write_readme(table: str, marker: str = MARKER, readme: Path = README) -> None:
    """Put the table between its markers."""
    text = readme.read_text(encoding="utf-8")
    inside = re.compile(rf"(<!-- {marker} -->\n).*?(<!-- /{marker} -->)", re.DOTALL)
    readme.write_text(
        inside.sub(lambda match: match.group(1) + table + match.group(2), text), encoding="utf-8"
    )


def report_on(pack: Pack, progress: Progress = print) -> str:
    """The table for a pack's own utterances."""
    rows = load_utterances(pack)
    return as_table(rows, leave_one_voice_out(rows, progress))


def other_trades(progress: Progress = print) -> str:
    """One row a trade but the first, all voices together, with the two intents that are understood worst."""
    lines = [
        "| pack | messages | macro-F1 | in scope answered | out of scope refused | macro-F1, own messages only | weakest | made of |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted(path.parent.name for path in PACKS.glob("*/pack.toml") if path.parent.name != FIRST):
        rows = load_utterances(load_pack(name))
        reports = leave_one_voice_out(rows, progress)
        answers = [answer for report in reports for answer in report.answers]
        own = f"{macro_f1(_to_own(reports, rows, set(own_utterances(load_pack(name))))):.3f}"
        weakest = sorted(f1_of(answers).items(), key=lambda pair: pair[1])[:2]
        worst = ", ".join(f"{intent} {score:.2f}" for intent, score in weakest)
        lines.append(f"| {name} | {len(rows)} | {_figures(answers)} | {own} | {worst} | {hash_of(rows)} |")
    return "\n".join(lines) + "\n"


def _to_own(reports: Sequence[VoiceReport], rows: Sequence[Utterance], own: set[Utterance]) -> list[Answer]:
    """The answers to what the pack did not borrow."""
    return [
        answer
        for report in reports
        for row, answer in zip((r for r in rows if r.voice == report.voice), report.answers, strict=True)
        if row in own
    ]


if __name__ == "__main__":
    write_readme(report_on(load_pack(FIRST)))
    write_readme(other_trades(), OTHER_TRADES)
