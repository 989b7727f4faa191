"""How a learner's files follow them from one server of a site to another, written by one at a time."""
