"""The servers of a site that has several: who they are, which of them live, and what each holds."""
