"""Turn: who waits is understood in batches, decided one conversation at a time, and recorded. `bot/turns/turn.py` is the turn itself."""
