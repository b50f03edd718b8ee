"""The figures of the pipeline: each function takes plain tables and arrays, and gives a Figure."""
