"""What a fetch shows besides its text: a page that is new, a drift, a second witness."""
