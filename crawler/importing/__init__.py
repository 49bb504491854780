"""Reading what others have kept of a site: archives, dumps."""
