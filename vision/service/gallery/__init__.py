"""What administrators do with the gallery."""
