#!/bin/sh
# SPDX-License-Identifier: MIT
# The interpreter of Debian: stripped, with .dynsym; native frames.
. "$(dirname "$0")/lib.sh"

need "$PYTHON"
record python -- "$PYTHON" tests/e2e/targets/nbody.py 4
report python function --by function --min-percent 0 --top 100000
ok "the interpreter's loop is hot" \
	facts hot python.function _PyEval_EvalFrameDefault 30 75 self_ns
ok "everything runs under Py_RunMain" \
	facts hot python.function Py_RunMain 93
sound python
done_testing
