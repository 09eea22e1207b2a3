"""The application: settings, wiring, daemon, command line, pages."""
