"""The event and the log: the contract at which both halves meet."""
