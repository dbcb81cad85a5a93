"""Which pages teach the bot? Its texts, and what it knows; `routes.py` adds them all."""

from admin.pages import faq, prompts, unanswered
from admin.pages.page import Page

PAGES: tuple[Page, ...] = (
    *prompts.PAGES,
    *faq.PAGES,
    *unanswered.PAGES,
)
