"""Which pages teach the bot? Texts now, and what it knows; `routes.py` adds them all."""

from admin.pages import prompts
from admin.pages.page import Page

PAGES: tuple[Page, ...] = (*prompts.PAGES,)
