"""Shares the crawling of one workspace among machines: the hub decides and records, workers fetch and read.

Optional: `pip install 'variorum[cluster]'`. docs/cluster.md explains how to set it up.
"""
