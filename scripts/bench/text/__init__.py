"""How well words in photos are read, and how often ordinary photos are taken to say something."""
