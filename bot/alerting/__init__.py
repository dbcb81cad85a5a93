"""Telegram: alerts go out to staff, and the buttons under them come back."""
