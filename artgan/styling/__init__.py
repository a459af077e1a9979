"""The grammar of styles, and the runner of filter chains."""
