"""Programs that the Makefile runs, beside the stages."""
