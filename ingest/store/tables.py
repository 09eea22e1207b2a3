"""The tables of ingest. Instants are RFC 3339 text in UTC with microseconds: it sorts, and can be read."""

from stream.db import Migration

_FIRST = """
CREATE TABLE ingest_sources (
  source TEXT PRIMARY KEY,
  cursor TEXT NOT NULL,
  polled_at TEXT,
  succeeded_at TEXT,
  new_item_at TEXT,
  failures INTEGER NOT NULL,
  failed_at TEXT,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  due_at TEXT,
  interval_s REAL,
  last_items INTEGER,
  gaps_s TEXT NOT NULL,
  is_gone INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every article on the log, by its last revision. urls counts the addresses it has moved to.
CREATE TABLE ingest_articles (
  event_id TEXT PRIMARY KEY,
  content_hash TEXT NOT NULL,
  revision INTEGER NOT NULL,
  first_seen_at TEXT NOT NULL,
  body_kind TEXT NOT NULL,
  urls INTEGER NOT NULL DEFAULT 0,
  window_started_at TEXT NOT NULL,
  window_revisions INTEGER NOT NULL DEFAULT 0,
  seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_articles_by_age ON ingest_articles (seen_at);

-- Other names of an article: guids, and URLs that it moved to.
CREATE TABLE ingest_links (
  link BLOB PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES ingest_articles ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_links_by_event ON ingest_links (event_id);

CREATE TABLE ingest_sightings (
  event_id TEXT NOT NULL REFERENCES ingest_articles ON DELETE CASCADE,
  source TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (event_id, source)
) STRICT, WITHOUT ROWID;

-- Items handled before, as found: event_id, or the reason why they were rejected.
CREATE TABLE ingest_handled (
  key BLOB PRIMARY KEY,
  content BLOB NOT NULL,
  event_id TEXT,
  reason TEXT,
  seen_at TEXT NOT NULL,
  CHECK ((event_id IS NULL) <> (reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_handled_by_age ON ingest_handled (seen_at);

CREATE TABLE ingest_rejected (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  locator TEXT NOT NULL
) STRICT;

-- Items since the first start, by final state; state 'in' counts them all.
CREATE TABLE ingest_ledger (
  source TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('in', 'new', 'revision', 'duplicate', 'rejected')),
  reason TEXT NOT NULL,
  items INTEGER NOT NULL,
  PRIMARY KEY (source, state, reason)
) STRICT, WITHOUT ROWID;

-- Files of a watched folder that are done, as they were then.
CREATE TABLE ingest_files (
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  stamp TEXT NOT NULL,
  PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;
"""

# Who this ingester is to others that share the sources with it; as lasting as what it has on its log.
_SECOND = """
CREATE TABLE ingest_self (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL
) STRICT;
INSERT INTO ingest_self VALUES (1, lower(hex(randomblob(16))));
"""

# Ends with the number, as every index ends with the row id: the last of a source are read from its end.
_THIRD = """
CREATE INDEX ingest_rejected_by_source ON ingest_rejected (source);
"""

MIGRATIONS = (
    Migration("ingest", 1, _FIRST),
    Migration("ingest", 2, _SECOND),
    Migration("ingest", 3, _THIRD),
)
