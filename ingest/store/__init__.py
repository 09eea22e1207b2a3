"""What ingest remembers: one SQLite file, one transaction a hand-over."""
