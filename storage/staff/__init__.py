"""Who works here, how they log in, and what an ADMIN let them do."""
