"""The terminal itself: handing it over, its clipboard, its size."""
