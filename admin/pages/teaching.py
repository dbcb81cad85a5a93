"""Which pages teach the bot? What it sells, knows and says; `routes.py` adds them all."""

from admin.pages import company, faq, packages, prompt_heard, prompts, triggers, unanswered
from admin.pages.page import Page

PAGES: tuple[Page, ...] = (
    *packages.PAGES,
    *faq.PAGES,
    *unanswered.PAGES,
    *prompt_heard.PAGES,
    *prompts.PAGES,
    *company.PAGES,
    *triggers.PAGES,
)
