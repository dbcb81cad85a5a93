"""Writes the demo company's months: rows in bulk for what was said, everybody's functions for what came of it."""
