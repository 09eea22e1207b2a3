"""Alembic's folder: every change of the tables, in order; the newest is what `tables.py` says."""
