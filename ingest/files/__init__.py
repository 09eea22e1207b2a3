"""Reading a watched folder: which files, and what is in them."""
