"""The shared tables of ingest, in the database server that alerts use too: each half has its own.

Instants are TIMESTAMPTZ; whether an ingester lives is decided by the server's clock alone.
"""

import sqlalchemy as sa

_SCHEMA = 1
_MIGRATING = 0x57494E47  # "WING": the advisory lock of whoever creates them

_FIRST = """
CREATE TABLE ingest_members (
  member TEXT PRIMARY KEY,
  joined_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  expires_at TIMESTAMPTZ NOT NULL
);

-- Every article on the log, by its last revision. held_by: who took that revision on and has not yet told
-- that everybody can read it; should it die before, another takes it on.
CREATE TABLE ingest_articles (
  event_id TEXT PRIMARY KEY,
  content_hash TEXT NOT NULL,
  revision INTEGER NOT NULL,
  first_seen_at TIMESTAMPTZ NOT NULL,
  body_kind TEXT NOT NULL,
  urls INTEGER NOT NULL DEFAULT 0,
  window_started_at TIMESTAMPTZ NOT NULL,
  window_revisions INTEGER NOT NULL DEFAULT 0,
  seen_at TIMESTAMPTZ NOT NULL,
  held_by TEXT
);
CREATE INDEX ingest_articles_by_age ON ingest_articles (seen_at);

-- Other names of an article: guids, and URLs that it moved to.
CREATE TABLE ingest_links (
  link BYTEA PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES ingest_articles ON DELETE CASCADE
);
CREATE INDEX ingest_links_by_event ON ingest_links (event_id);

-- Where a source stands, for who takes it over: as JSON, without what only its last reader can use.
CREATE TABLE ingest_progress (
  source TEXT PRIMARY KEY,
  polled_at TIMESTAMPTZ NOT NULL,
  progress TEXT NOT NULL
);
"""


def create(connection: sa.Connection) -> None:
    """Bring the tables up to date in the transaction of `connection`; any number of processes may at once."""
    connection.execute(sa.text("SET LOCAL lock_timeout = '1min'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    connection.execute(sa.text("CREATE TABLE IF NOT EXISTS ingest_schema (version INTEGER NOT NULL)"))
    found = connection.execute(sa.text("SELECT max(version) FROM ingest_schema")).scalar()
    if found is None:
        connection.exec_driver_sql(_FIRST)
        connection.execute(sa.text("INSERT INTO ingest_schema VALUES (:version)"), {"version": _SCHEMA})
