"""How many bytes a call takes with our output instead of the camera's picture, at the same person quality."""
