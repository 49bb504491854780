"""A run from its start to its end: the child process, what it remembers, counts and concludes."""
