"""The database of alerts: positions, inbox, alerts, outbox, dead letters.

Time is stored as microseconds since 1970 (BIGINT): compared and indexed as a plain number, exact, and
the same in SQLite and PostgreSQL, where text would need one spelling and TIMESTAMP has two meanings.
Lists and evidence are JSON text; both databases hold them unchanged and nothing is searched inside them.
"""
