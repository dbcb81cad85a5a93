"""The running service: the only folder that talks to WhatsApp, Telegram and a language model. Read `turn.py` first."""
