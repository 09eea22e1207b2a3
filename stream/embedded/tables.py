"""The tables of the embedded log."""

from stream.sqlite.migrations import Migration

# AUTOINCREMENT: an offset is never given twice, even when retention has emptied the table.
# The index holds (partition, offset), as every index ends with the row id.
_FIRST = """
CREATE TABLE log_topic (
  name TEXT PRIMARY KEY,
  partitions INTEGER NOT NULL,
  rows INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  appended INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE log_records (
  offset INTEGER PRIMARY KEY AUTOINCREMENT,
  partition INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  codec INTEGER NOT NULL,
  value BLOB NOT NULL,
  checksum INTEGER NOT NULL,
  appended_at INTEGER NOT NULL,
  UNIQUE (event_id, revision)
) STRICT;

CREATE INDEX log_records_partition ON log_records (partition);

CREATE TABLE log_groups (
  name TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL DEFAULT 1,
  owner TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (name, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_members (
  joined INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL UNIQUE,
  group_name TEXT NOT NULL,
  process TEXT NOT NULL,
  lease_s REAL NOT NULL,
  heartbeat_at REAL NOT NULL
) STRICT;
"""

MIGRATIONS = (Migration("log", 1, _FIRST),)
