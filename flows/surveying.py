"""The survey's answers: taken down, and at the end used at once.

Bot:  … apa yang paling penting?   Siti: yang dekat masjid
Bot:  … hemat, sedang, terbaik?    Siti: ada kolam renangnya ga?   → answered, and asked once more
Siti: sedang aja                   → thanks, and three packages that suit
"""

from dataclasses import replace

from flows import choosing, survey
from flows.choice import first_known, pointed_at
from flows.draft import Draft
from flows.hearing import Said
from flows.offering import recommend
from flows.persona import Survey
from flows.questions import is_question
from flows.reply_keys import Key

# Who says these wants something else than to answer questions.
_GRAVER = ("complaint", "request_human", "payment_intent", "opt_out")
# A short answer may sound like these: "yang dekat masjid" asks for no hotel, it says what matters.
_ALIKE = frozenset({"give_preference", "ask_packages", "ask_recommendation"})


def answer(draft: Draft, said: Said) -> bool:
    """An answer to the open question ends the turn; anything else goes on to the rules below."""
    awaiting, situation = draft.situation.awaiting, draft.situation
    if awaiting is None or awaiting.kind != "survey" or draft.is_waiting or situation.buyer is None:
        return False
    if any(said.has(intent) for intent in _GRAVER) or first_known(situation.heard):
        return False
    if pointed_at(awaiting, said.text, said.number):
        return False
    found = survey.read(said, awaiting, situation.buyer.bands)
    is_other = awaiting.need is None and any(is_question(ask) and ask not in _ALIKE for ask in said.asks)
    if found.is_empty or (is_other and found.need is not None and _is_sure(said)):
        return False
    choosing.note_wishes(draft, said)
    if found.is_skip:
        _let_go(draft)
        return True
    need, budget = found.need or awaiting.need, found.budget or awaiting.budget
    if need is None or budget is None:
        draft.because("survey_goes_on")
        if draft.has_new_wish:
            recommend(draft)  # "Budget 45 juta berdua" answers less than was asked, and says more.
        survey.ask(draft, need, budget)
        return True
    _finish(draft, Survey(hobby=need, budget=budget))
    return True


SURE = 0.6  # A question that is understood so surely is one, however short.


def _is_sure(said: Said) -> bool:
    return said.confidence >= SURE


def _let_go(draft: Draft) -> None:
    draft.because("survey_skipped")
    draft.tell(Key.SURVEY_SKIPPED)
    before = draft.situation.awaiting
    if before is not None and before.options:
        draft.await_choice(before.options, is_advice=before.is_advice)


def _finish(draft: Draft, told: Survey) -> None:
    """What was told counts at once: the list that follows stands on it."""
    situation = draft.situation
    assert situation.buyer is not None, "the survey is asked only of who was looked up"
    draft.because("survey_answered")
    draft.survey = told
    draft.situation = replace(situation, buyer=replace(situation.buyer, survey=told))
    draft.has_new_wish = True
    draft.tell(Key.SURVEY_THANKS)
    recommend(draft)
