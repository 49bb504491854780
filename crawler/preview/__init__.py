"""What a crawl would store, shown without storing it: for `add`, `check` and `extract`."""
