"""A soak: long work must stay flat, and a kill at any instant must lose and break nothing."""
