"""The host: registry, config, training loop, sampler, run folder. Start reading in train.py."""
