"""The simulator's page: a phone to try Sapa with. Exists only while no WAHA is configured. Read `routes.py` first."""
