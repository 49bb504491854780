"""From the bytes of a page to its text: blocks, the classifier that weighs them, the template of a site."""
