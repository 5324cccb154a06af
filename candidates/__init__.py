"""The gallery: registered people, elections, family ties, stored embeddings and matching."""
