"""Reports whether the runs, the sites and the installation are well, for `status`, `sites` and `doctor`.

May import `variorum.crawler.runtime`, `variorum.crawler.notify`, `storage` and what is below them; never
the command line.
"""
