"""Uploaded photos in memory, the cache of replies, and what is added to an answer. Nothing goes to disk."""
