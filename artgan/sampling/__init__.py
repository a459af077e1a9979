"""Styled samples, in memory and as files."""
