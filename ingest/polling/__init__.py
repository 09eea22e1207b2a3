"""Who is polled when, how a poll goes, and how a source is doing."""
