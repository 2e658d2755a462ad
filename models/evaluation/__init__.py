"""How good a matte is: what it is measured on, what is measured, and how it is told."""
