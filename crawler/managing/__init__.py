"""Changes the sites of a workspace, for the command line and for the review page alike."""
