"""The results as other programs read them: of one photo, and of a post of several."""
