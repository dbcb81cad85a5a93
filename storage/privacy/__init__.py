"""Who may see, hand out and forget a person, what grows too old, and who looked."""
