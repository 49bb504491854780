"""Lists of phrases by which pages in place of an article are recognised, in several languages.

The lists are data and decide nothing by themselves; `variorum.crawler.classification.standins` weighs them.
"""
