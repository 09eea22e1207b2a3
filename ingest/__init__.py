"""From a source to an event on the log: fetch, extract, normalise, annotate, append."""
