"""Statistics: what a message means and how sure we are. `train/` makes artifacts, `serve/` loads and asks them."""
