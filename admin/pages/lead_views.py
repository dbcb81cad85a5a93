"""A lead as somebody at the panel may see it, and what its pages share."""

from dataclasses import replace

from admin.pages.page import Visit
from flows.masking import phone_for, text_for
from flows.wording import phone_words
from storage.sales.leads import LeadCard

# What staff choose from when a lead is lost; `other` wants words of their own.
LOST_REASONS = ("price", "schedule", "competitor", "no_answer", "not_ready", "other")


def seen_lead(visit: Visit, card: LeadCard) -> LeadCard:
    """The lead with what the visitor's role may see of its person."""
    sight = visit.frame.sight
    return replace(
        card,
        phone=phone_for(sight, card.phone),
        name=text_for(sight, card.name),
        conversation_summary=text_for(sight, card.conversation_summary),
        lost_reason=text_for(sight, card.lost_reason),
    )


def lead_name(visit: Visit, card: LeadCard) -> str:
    """What to call the person in a message: the name, else the number as it may be seen."""
    seen = seen_lead(visit, card)
    return seen.name or (phone_words(seen.phone) if seen.phone else f"#{seen.id}")
