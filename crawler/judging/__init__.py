"""What a fetch tells besides its text: a challenge, a page that is new, a second witness."""
