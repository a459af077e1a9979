"""From wishes and pictures to a complete config, with reasons and a time."""
