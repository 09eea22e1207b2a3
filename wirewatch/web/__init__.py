"""Read-only pages and the HTTP API."""
