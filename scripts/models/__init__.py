"""The model files of `vision/models`, made byte for byte from public packages."""
