"""What a branch does to the results: before and after it, on one machine (docs/comparing.md)."""
