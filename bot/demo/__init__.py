"""The demo company's pictures and papers, and how they and its rows come into the database. Read `load.py` first."""
