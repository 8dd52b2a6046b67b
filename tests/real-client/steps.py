"""What the scripts share: a step that is told, and an error of a class."""
passed = 0


def step(name, condition):
    global passed
    if not condition:
        raise SystemExit(f"FAILED: {name}\n{passed} passed, 1 failed")
    passed += 1
    print("ok  ", name)


def raises(kind, call):
    try:
        call()
    except Exception as error:  # the class is what is checked
        return type(error).__name__ == kind and error
    return False


def done():
    print(f"{passed} passed, 0 failed")
