"""HTTP over a socket: requests, answers, streams."""
