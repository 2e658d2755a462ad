"""Every error of the package.

BlurStreamError
├── OptionsError     an effect or option that is not one; names the value and what is allowed
├── FrameError       a frame of unknown format or impossible size
├── ModelError       the model or its output is not what the contract says
├── KernelError      a kernel cannot be loaded, bound or run
└── MediaError       a recorded file cannot be read or written (native use only)
"""

from __future__ import annotations


class BlurStreamError(Exception):
    """Base of all; `code` is stable and is what programs should test, `details` are plain JSON values."""

    code = "internal"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class OptionsError(BlurStreamError):
    code = "options"


class FrameError(BlurStreamError):
    code = "frame"


class ModelError(BlurStreamError):
    code = "model"


class KernelError(BlurStreamError):
    code = "kernel"


class MediaError(BlurStreamError):
    code = "media"
