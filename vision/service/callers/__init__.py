"""Who asks: keys, login codes, sessions."""
