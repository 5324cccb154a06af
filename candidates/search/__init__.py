"""Which templates lie near a face: arrays of vectors, exact search, distances."""
