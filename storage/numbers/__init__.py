"""Counts without persons: dashboard, analytics, trends, campaigns."""
