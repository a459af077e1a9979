"""Sets larger than memory: pictures packed into tar files, and read from them where they lie."""
