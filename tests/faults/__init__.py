"""What must hold when things go wrong: processes killed at any moment, WAHA away, the same message again and again."""
