"""What keeps the repository itself: pinned versions, generated files, measurements of the code."""
