class TrainingError(Exception):
    """Training cannot begin or go on; the message names the file and the reason."""
