"""Requests that need the server at which their learner is at home, and reached another one: they are passed on."""
