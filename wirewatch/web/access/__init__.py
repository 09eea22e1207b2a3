"""Who may see the pages and read the API, where the listener is not this machine's own."""
