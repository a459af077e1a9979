"""Pictures on paper: sheets, PDF, canvases of any size, drawings for a plotter."""
