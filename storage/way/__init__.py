"""The engine's way of a message: inbox, thread, turn, outbox."""
