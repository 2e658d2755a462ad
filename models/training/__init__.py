"""How the network gets better: what it is shown, what it is told, and what is kept of it."""
