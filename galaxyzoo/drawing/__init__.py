"""A decision tree as a picture, each branch as wide as its votes: for pages and for figures."""
