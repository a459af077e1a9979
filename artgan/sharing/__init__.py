"""A run made ready for others: weights, settings, a model card, the web page."""
