"""The stored data itself: proved, copied, and let go."""
