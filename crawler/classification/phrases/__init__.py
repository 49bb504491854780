"""What pages that stand in for an article say, in the languages that we name: one list for each form.

The lists are data and decide nothing by themselves; `crawler.classification.standins` weighs them.
"""
