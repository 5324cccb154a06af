"""The `fotonetral` command: one module for each subcommand, its options and its output."""
