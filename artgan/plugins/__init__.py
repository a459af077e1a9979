"""The built-in contributions, each in a file of its own; every folder holds its catalogue."""
