"""Layers that torch lacks, for the networks that want them."""
