"""Everything remembered. The only folder that imports SQLAlchemy; it knows `flows` and nothing else of ours."""
