"""What the minimal Python for the browser consists of: which files of each source go into its archive."""

from __future__ import annotations

# fmt: off
# Top-level modules and packages. Packages are listed whole, as some of their parts are imported late.
STDLIB = frozenset([
    # what Pyodide, NumPy and ctypes import at every start
    "__future__", "_collections_abc", "_colorize", "_compat_pickle", "_opcode_metadata", "_py_warnings",
    "_pyodide", "_sitebuiltins", "_ssl", "_weakrefset", "abc", "annotationlib", "ast", "asyncio",
    "base64", "bisect", "bz2", "codecs", "codeop", "collections", "compression", "concurrent",
    "contextlib", "contextvars", "copy", "copyreg", "ctypes", "dataclasses", "datetime", "dis",
    "encodings", "enum", "fnmatch", "functools", "genericpath", "glob", "heapq", "importlib", "inspect",
    "io", "json", "keyword", "linecache", "locale", "logging", "lzma", "ntpath", "numbers", "opcode",
    "operator", "os", "pathlib", "pickle", "platform", "posixpath", "pyodide", "random", "re", "reprlib",
    "selectors", "shutil", "signal", "site", "socket", "ssl", "stat", "string", "struct", "subprocess",
    "sysconfig", "tempfile", "textwrap", "threading", "token", "tokenize", "traceback", "types", "typing",
    "warnings", "weakref", "zipfile", "zipimport",
    # what those import in some cases only
    "_ast_unparse", "_pylong", "_strptime", "_threading_local", "calendar", "hashlib", "pprint", "queue",
])
# Parts of them that are of no use in a worker without processes, sockets, consoles or other interpreters.
STDLIB_WITHOUT = (
    "asyncio/__main__", "asyncio/proactor_events", "asyncio/tools", "asyncio/windows_",
    "concurrent/futures/interpreter", "concurrent/futures/process", "concurrent/interpreters/",
    "ctypes/_aix", "ctypes/macholib/", "ctypes/wintypes", "importlib/_bootstrap", "importlib/metadata/",
    "importlib/resources/", "json/__main__", "json/tool", "logging/config", "logging/handlers",
    "pyodide/_nodesock", "pyodide/console", "pyodide/http/", "sysconfig/__main__", "zipfile/__main__",
)
ENCODINGS = frozenset([
    "__init__", "aliases", "ascii", "cp437", "idna", "latin_1", "raw_unicode_escape", "unicode_escape",
    "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_8",
])
# Parts of NumPy that none of the rest needs; importing one raises ModuleNotFoundError. (`numpy.ma` stays:
# `unique` and `percentile` import it when they are called.)
NUMPY_WITHOUT = (
    "numpy/_configtool.py", "numpy/_core/include/", "numpy/_core/lib/", "numpy/_pyinstaller/",
    "numpy/conftest.py", "numpy/core/", "numpy/doc/", "numpy/f2py/", "numpy/fft/",
    "numpy/lib/recfunctions.py", "numpy/linalg/lapack_lite", "numpy/ma/testutils.py", "numpy/matlib.py",
    "numpy/polynomial/", "numpy/random/", "numpy/testing/",
    "numpy/typing/mypy_plugin.py",
)
LICENCE = "LICENSE.txt"
# Modules that only attach documentation: a tenth of the time of `import numpy`. They stay, empty.
NUMPY_EMPTIED = ("numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py")
# The command line and video files are native only; of the kernels, what calls the compiled ones is kept.
PACKAGE_WITHOUT = ("blurstream/__main__.py", "blurstream/record.py")
KERNELS = "blurstream/kernels/"
KERNEL_MODULES = frozenset(["__init__.py", "loader.py", "signatures.py"])
# fmt: on


def in_stdlib(name: str) -> bool:
    """True for a file of Pyodide's standard library, such as 'json/decoder.py', that is kept."""
    top, _, rest = name.removesuffix(".py").partition("/")
    if not name.endswith(".py"):
        return False
    if top == "encodings":
        return rest in ENCODINGS
    return top in STDLIB and not name.startswith(STDLIB_WITHOUT)


def in_numpy(name: str) -> bool:
    """True for a file of the NumPy wheel that is kept: code, libraries and the licence."""
    if name.endswith(f".dist-info/licenses/{LICENCE}"):
        return True
    kept = name.startswith("numpy/") and "/tests/" not in name and not name.startswith(NUMPY_WITHOUT)
    return kept and name.endswith((".py", ".so"))


def in_package(name: str) -> bool:
    """True for a file of blurstream, such as 'blurstream/mask.py', that goes to the browser."""
    if not name.endswith(".py") or name.startswith(PACKAGE_WITHOUT):
        return False
    return not name.startswith(KERNELS) or name.removeprefix(KERNELS) in KERNEL_MODULES
