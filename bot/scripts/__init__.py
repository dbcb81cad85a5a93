"""Conversation scripts: read, played on a stage of their own, and what a new text would change."""
