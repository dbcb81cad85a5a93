"""Who writes to us: customers, their addresses and consents, doubles merged and taken apart, and the list of what is personal."""
