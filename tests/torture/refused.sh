#!/bin/sh
# SPDX-License-Identifier: MIT
# Targets that are traced, dead, not dumpable, somebody else by now, of other
# rights, in a pid namespace, or built with a sanitizer.
. "$(dirname "$0")/lib.sh"
run_case refused
