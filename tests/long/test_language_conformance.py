"""Jupyter's own suite against the kernels of the optional languages."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from nexus_server.kernels.image_building import ensure_images
from tests.integration.kernels.test_conformance import SandboxedKernel

pytestmark = [pytest.mark.long, pytest.mark.docker]


class OptionalKernel(SandboxedKernel):
    """The suite, after the image is built."""

    __test__ = False

    @classmethod
    def setUpClass(cls) -> None:
        ensure_images(Path(sys.prefix), [cls.kernel_name])
        super().setUpClass()


class TestBash(OptionalKernel):
    """Bash. Both of its streams are one, in order."""

    __test__ = True
    kernel_name = "nexus-bash"
    language_name = "bash"
    file_extension = ".sh"
    code_hello_world = "echo hello, world"
    completion_samples: ClassVar[list[dict[str, Any]]] = [{"text": "printen", "matches": {"printenv"}}]
    complete_code_samples: ClassVar[list[str]] = ["echo a", "for i in 1 2; do echo $i; done"]
    incomplete_code_samples: ClassVar[list[str]] = ["for i in 1 2; do", "echo 'a"]
    invalid_code_samples: ClassVar[list[str]] = ["fi", "echo )"]
    code_generate_error = "false"
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "points 1.5", "result": "1.5"}]


class TestR(OptionalKernel):
    """R: a value is printed, and a question is asked."""

    __test__ = True
    kernel_name = "nexus-r"
    language_name = "R"
    file_extension = ".r"
    code_hello_world = 'cat("hello, world\\n")'
    complete_code_samples: ClassVar[list[str]] = ["1", "f <- function(x) x"]
    incomplete_code_samples: ClassVar[list[str]] = ["f <- function(x) {", "'a"]
    invalid_code_samples: ClassVar[list[str]] = ["}", "1 2"]
    code_generate_error = 'stop("boom")'
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "points(1.5)", "result": "1.5"}]


class TestOctave(OptionalKernel):
    """Octave: a value is printed, and a question is asked."""

    __test__ = True
    kernel_name = "nexus-octave"
    language_name = "octave"
    file_extension = ".m"
    code_hello_world = 'disp("hello, world")'
    complete_code_samples: ClassVar[list[str]] = ["1", "function r = f(x)\n  r = x;\nend"]
    incomplete_code_samples: ClassVar[list[str]] = ["for k = 1:3", "x = [1 2"]
    invalid_code_samples: ClassVar[list[str]] = ["x = = 1", "end"]
    code_generate_error = 'error("boom")'
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "points(1.5)", "result": "1.5"}]


class TestC(OptionalKernel):
    """C: a cell is a program, which shows nothing but what it prints."""

    __test__ = True
    kernel_name = "nexus-c"
    language_name = "c"
    file_extension = ".c"
    code_hello_world = 'puts("hello, world");'
    complete_code_samples: ClassVar[list[str]] = ["int x;", "int f(int x) { return x; }"]
    incomplete_code_samples: ClassVar[list[str]] = ["int f(int x) {", "int x = "]
    code_generate_error = "exit(0);"
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "points(1.5);", "result": "1.5"}]
