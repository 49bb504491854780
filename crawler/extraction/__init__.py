"""Extracts the text of a page from its bytes: blocks, the classifier, the template of a site. Pure."""
