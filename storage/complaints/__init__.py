"""Who complains, what we promised them, and how it is made good: cases with their clocks."""
