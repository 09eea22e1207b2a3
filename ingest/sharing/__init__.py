"""Ingesters that share the sources, over tables of their own in PostgreSQL: who is alive, what is known."""
