"""The migrations, each one frozen: a released one is never edited."""
