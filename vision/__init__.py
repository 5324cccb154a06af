"""FotoNetral: checks, before a photo is posted, whether it can be read as taking sides in an election."""

__version__ = "0.1.0"
