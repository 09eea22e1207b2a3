"""The command line: every command a thin shell over the packages."""
