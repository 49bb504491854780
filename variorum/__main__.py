"""`python -m variorum` is the command `variorum`."""

from variorum.crawler.cli.__main__ import main

if __name__ == "__main__":
    main(prog_name="variorum")
