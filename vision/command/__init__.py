"""The insides of the `fotonetral` command: one module a subcommand, and what they print and read."""
