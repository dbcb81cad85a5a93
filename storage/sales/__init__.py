"""Who may buy: leads, the board they stand on, and what was done about them."""
