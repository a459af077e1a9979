"""A run made ready for others: weights, settings, a model card and the page that draws in browsers."""
