"""`python -m blurstream IN OUT`: a recorded video through the pipeline of the browser, natively."""

from __future__ import annotations

import sys

from .record import main

if __name__ == "__main__":
    sys.exit(main())
