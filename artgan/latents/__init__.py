"""Points in latent space, steering, directions and projection."""
