"""SQLite made safe: one driver, one writer, sound files, ordered migrations."""
