"""What parameters of predictions may be."""

MOST_VIEWS = 1024

MOST_MAGNIFIED = 4.0

MOST_RIDGE = 1e6

VIEWS_ALLOWED = f"1, or an even number up to {MOST_VIEWS}"


def views_fit(count: int) -> bool:
    """Whether an image can be looked at in so many regular views."""
    return count == 1 or (count % 2 == 0 and 1 < count <= MOST_VIEWS)
