"""Trains, samples seeds and hosts plugins. Start reading in train.py."""
