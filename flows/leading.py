"""Where does a talk go after an answer? Back to where it was, or one step on; never the same reminder twice in a row.

Siti: kantornya di mana?   → the address, then "rencananya berangkat berapa orang dan bulan apa?"
Siti: ada izinnya?         → the licence, and no reminder again
"""

from flows import survey
from flows.domain import Phase
from flows.draft import Draft
from flows.journey import DETAIL_QUESTIONS, TOLD_BY_GREETING
from flows.offering import ask_more, await_wish, selection, still_wanted, take_wish
from flows.packages import misfits
from flows.reply_keys import Key

# Questions beside the road: after them the bot leads back to where the talk was.
ABOUT_THE_PACKAGE = (
    DETAIL_QUESTIONS | TOLD_BY_GREETING | {"ask_packages", "ask_recommendation", "give_preference"}
)
INVITED_EACH = 3  # Of so many things asked about a package, one answer ends with an invitation to register and one plainly.


def lead_back(draft: Draft) -> None:
    """After an answer, back to where the talk was; a human's queue is not talked into more, and nobody is reminded twice in a row."""
    if draft.is_waiting or survey.resume(draft):
        return
    is_pointing = draft.awaiting is not None and draft.awaiting.kind != "details"
    if draft.has_new_wish and not is_pointing and _takes_wish(draft):
        return
    if draft.situation.is_new and draft.package is None:
        _ask_newcomer(draft, is_pointing=is_pointing)
    elif not is_pointing and draft.has_package_on_sale:
        _lead_on(draft)
    elif not is_pointing and selection(draft):
        _remind_of_question(draft)


def _takes_wish(draft: Draft) -> bool:
    """A wish told beside a question that was answered: what suits it is offered; a chosen package speaks up only where it is too small."""
    package = draft.package
    if package is None:
        # Of goods only a budget is known, and that beside a question is no reason to offer whatever it pays for.
        return draft.situation.shelf.trade.plans_trips and take_wish(draft)
    is_told = any(say.key == Key.ASK_QUOTA for say in draft.say)
    is_too_small = "seats" in misfits(draft.journey.preference, package)
    return draft.has_package_on_sale and is_too_small and not is_told and take_wish(draft)


def _ask_newcomer(draft: Draft, *, is_pointing: bool) -> None:
    """The first answer asks how many will travel and when, whatever it was about."""
    if not is_pointing and not draft.situation.shelf.trade.plans_trips:
        # Who lost a card or looks for a parcel is not shown the whole shop.
        draft.tell(Key.ASK_PREFERENCE, packages=())
        draft.expect("preference")
    elif not is_pointing:
        packages = selection(draft)
        draft.tell(Key.ASK_PREFERENCE, packages=packages)
        await_wish(draft, packages)
    elif not any(say.key in (Key.ASK_MORE, Key.NO_MATCH) for say in draft.say):
        ask_more(draft)


def _lead_on(draft: Draft) -> None:
    """With a package chosen: its details first, then, from time to time, whether to register."""
    asked = draft.journey.asked
    if draft.journey.phase is Phase.LEADS:
        if not _was_just_reminded(draft):
            draft.tell(Key.REMIND_DETAILS)
        draft.expect_beside_list("details")
        return
    draft.expect_beside_list("list")
    if not asked or asked[-1] not in ABOUT_THE_PACKAGE:
        if not _was_just_reminded(draft):
            draft.tell(Key.ANYTHING_ELSE)
    elif draft.show or len(asked) % INVITED_EACH == 1:
        draft.tell(Key.ANYTHING_ELSE)
    elif _is_time_to_invite(draft):
        draft.tell(Key.INVITE)


def _is_time_to_invite(draft: Draft) -> bool:
    """Not before the package was asked about; then after every third thing, and when it just proved to fit."""
    fits = any(say.key == Key.STILL_FITS for say in draft.say)
    return draft.journey.phase is Phase.INTEREST and (fits or len(draft.journey.asked) % INVITED_EACH == 0)


def _remind_of_question(draft: Draft) -> None:
    before = draft.situation.awaiting
    is_list = before is not None and before.kind == "choice"
    if not _was_just_reminded(draft):
        _remind(draft, is_list=is_list)
    if is_list:
        draft.keep_awaiting()
    else:
        draft.expect("preference")


def _remind(draft: Draft, *, is_list: bool) -> None:
    """Of the list, or of what is still to be told; who told all that already is not asked again."""
    wanted = still_wanted(draft)
    if is_list:
        draft.tell(Key.REMIND_CHOICE)
    elif any(wanted.values()) or not draft.situation.shelf.trade.plans_trips:
        draft.tell(Key.REMIND_PREFERENCE, **wanted)


def _was_just_reminded(draft: Draft) -> bool:
    """The question before this one was beside the road too, so its answer has led back already."""
    return bool(draft.asked_before) and draft.asked_before[-1] not in ABOUT_THE_PACKAGE
