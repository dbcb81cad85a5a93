"""Conversations themselves, beneath desk and way alike: reading them, their files, what happened to a message."""
