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

# Epochs (see `history`); what was appended before is of the epoch named ''. And one partition: a group stands
# where the first record stands that it had not read of any. The column stays in the records: it is under
# their checksum.
_EPOCHS = """
CREATE TABLE log_epochs (
  begin INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO log_epochs (begin, name)
SELECT 1, '' FROM sqlite_sequence WHERE name = 'log_records' AND seq > 0;

CREATE TABLE log_positions (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

INSERT INTO log_positions (name, position)
SELECT g.name, coalesce(
  min((SELECT min(r.offset) FROM log_records r WHERE r.partition = g.partition AND r.offset >= g.position)),
  (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'log_records'),
  1)
FROM log_groups g GROUP BY g.name;

DROP TABLE log_groups;
DROP TABLE log_members;
DROP INDEX log_records_partition;
ALTER TABLE log_topic DROP COLUMN partitions;
"""

MIGRATIONS = (Migration("log", 1, _FIRST), Migration("log", 2, _EPOCHS))
