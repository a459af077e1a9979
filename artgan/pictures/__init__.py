"""Picture files with their records, marks and colour profiles."""
