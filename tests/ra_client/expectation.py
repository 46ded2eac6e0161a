"""Whether an answer holds what a test expects of it."""


def differences(expected, actual, path=""):
    """Yields a sentence for each place where `actual` differs from `expected`.

    Objects: every expected key must be there, others may be. Lists: same length, element by element.
    A text that begins with "~" must stand somewhere in the actual one; anything else must be equal.
    """
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{path}: expected an object, got {actual!r}"
            return
        for key, value in expected.items():
            yield from differences(value, actual.get(key), f"{path}.{key}" if path else key)
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield f"{path}: expected {len(expected)} elements, got {actual!r}"
            return
        for index, (one, other) in enumerate(zip(expected, actual)):
            yield from differences(one, other, f"{path}[{index}]")
    elif isinstance(expected, str) and expected.startswith("~"):
        if not isinstance(actual, str) or expected[1:] not in actual:
            yield f"{path}: expected a text with {expected[1:]!r}, got {actual!r}"
    elif expected != actual:
        yield f"{path}: expected {expected!r}, got {actual!r}"
