"""From a record to a delivered alert: match, store, deliver."""
