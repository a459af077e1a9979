"""Tools that know nothing of GANs: options, paths, seeding, suggestions, tables."""
