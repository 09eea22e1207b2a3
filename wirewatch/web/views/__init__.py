"""What each page shows: the state, read and put into words, before any HTML."""
