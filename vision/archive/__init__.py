"""Scanning an archive: where photos lie, what is known of them already, who judges them, and what comes of it."""
