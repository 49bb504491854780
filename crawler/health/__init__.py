"""Whether the runs and the set-up are well: for `status` and `doctor`."""
