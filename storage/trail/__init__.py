"""The audit: what staff and the system did, sealed in order."""
