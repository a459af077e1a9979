"""Where a run begins: at the weights of another run, or of a start, fitted to its own pictures."""
