"""The boilerplate of a site: learned from its pages, kept with its designs, decided of by people."""
