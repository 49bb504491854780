"""The daemon, and each run of a site in a child process."""
