"""Scanning an archive: sources of photos, the journal of a scan, and the processes that judge."""
