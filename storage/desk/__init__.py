"""What staff see and do at a conversation: lists, threads, search, who holds it, notes, labels, messages of their own, alerts' buttons."""
