"""Paper, PDF, canvas and plotter."""
