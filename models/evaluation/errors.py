class EvaluationError(Exception):
    """What was given cannot be measured; the message names the file and the reason."""
