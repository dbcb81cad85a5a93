"""Which pages teach the bot? What it sells, knows and says; `routes.py` adds them all."""

from admin.pages import (
    company,
    faq,
    packages,
    prompt_heard,
    prompt_runs,
    prompt_versions,
    prompts,
    triggers,
    unanswered,
)
from admin.pages.page import Page

PAGES: tuple[Page, ...] = (
    *packages.PAGES,
    *faq.PAGES,
    *unanswered.PAGES,
    *prompt_heard.PAGES,
    *prompt_runs.PAGES,
    *prompts.PAGES,
    *prompt_versions.PAGES,
    *company.PAGES,
    *triggers.PAGES,
)
