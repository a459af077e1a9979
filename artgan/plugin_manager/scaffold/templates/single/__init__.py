"""What is written differently where a plugin is one file, which imports torch late."""
