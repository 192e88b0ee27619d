"""
Places in an order kept by hand, as strings of digits between their neighbours.

A rank is read as the digits of a fraction (“25” is 0.25), so one always fits between two others and a move writes one
row. Digits sort alike in every collation. New rows are appended and prepended in equal steps, so ranks stay short;
`projects.services.ranks.rebalance` writes them anew when many moves into one place have made them long.
"""

STEPS = 10  # digits of a rank that was appended
WHOLE = 10**STEPS
STRIDE = 1000  # room left between two appended ranks
FIRST = "5"  # in the middle: as many fit before as after
LONGEST = 60  # digits; longer ones are rebalanced


def between(before: str, after: str) -> str:
    """
    A short rank after `before` and ahead of `after`; an empty one is the beginning or the end.

    Raises `ValueError` when there is no room because they are not in order.
    """
    if after and before >= after:
        raise ValueError(f"{before} does not stand ahead of {after}.")
    length = max(len(before), len(after), 1)
    low = int(before.ljust(length, "0"))
    high = int(after.ljust(length, "0")) if after else 10**length
    while high - low < 2:
        low, high, length = low * 10, high * 10, length + 1
    middle = (low + high) // 2
    for kept in range(1, length + 1):
        unit = 10 ** (length - kept)
        if low < (rounded := middle // unit * unit) < high:
            middle = rounded
            break
    return str(middle).rjust(length, "0").rstrip("0")


def following(last: str) -> str:
    """A rank after the last one, one stride on."""
    if not last:
        return FIRST
    step = int(last[:STEPS].ljust(STEPS, "0")) + STRIDE
    return written(step) if step < WHOLE else between(last, "")


def preceding(first: str) -> str:
    """A rank ahead of the first one, one stride back."""
    if not first:
        return FIRST
    step = int(first[:STEPS].ljust(STEPS, "0")) - STRIDE
    return written(step) if step > 0 else between("", first)


def spread(count: int) -> list[str]:
    """So many ranks in order, evenly spread over the middle half."""
    gap = max(WHOLE // 2 // (count + 1), 1)
    return [written(WHOLE // 4 + gap * (place + 1)) for place in range(count)]


def written(step: int) -> str:
    """A step as the digits of a fraction, without zeros at its end."""
    return str(step).rjust(STEPS, "0").rstrip("0")
