"""Motion through latent space, and the file formats it is written in."""
