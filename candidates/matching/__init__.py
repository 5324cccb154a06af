"""Which registered person a face is, and how often that would be wrong: calibrations and the cuts from them."""
