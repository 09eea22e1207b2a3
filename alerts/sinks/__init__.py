"""Sinks: one file a kind, none of which knows its siblings."""
