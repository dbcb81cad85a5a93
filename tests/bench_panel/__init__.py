"""How fast are the panel's lists over a million messages? Figures, no tests: `make bench-panel`."""
