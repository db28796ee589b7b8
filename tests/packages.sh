# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What cprof needs from Debian 12, and how to get it.  Sourced.

build_packages="gcc libc6-dev make pkg-config libunwind-dev libdw-dev
	libelf-dev libjansson-dev libzstd-dev zlib1g-dev libiberty-dev
	libcairo2-dev"

# To run the tests; then the programs that the e2e tests record.
test_packages="autoconf bats binutils chromium clang-14 clang fonts-liberation jq
	libclang-rt-14-dev libcmocka-dev libxml2-utils mandoc perl procps protobuf-compiler python3-yaml shellcheck strace
	valgrind"
target_packages="dwz elfutils g++ golang-go libc6-dbg libdebuginfod1 musl-tools nodejs perl
	python3 redis-server redis-tools sqlite3 xz-utils zstd"
# These often come from elsewhere, and then conflict with Debian's: they are
# installed only where the command is missing, and their tests are skipped
# where that fails.
command_packages="npm rustc"

is_installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
		grep -qx installed
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "packages are missing, and there is no sudo: as root, run" >&2
		echo "	$*" >&2
		return 1
	fi
}

# install_packages PACKAGE...: those that are not installed yet
install_packages() {
	missing=
	for package; do
		is_installed "$package" || missing="$missing $package"
	done
	if [ -z "$missing" ]; then return 0; fi
	if ! command -v apt-get >/dev/null; then
		echo "no apt-get here; needed, by their Debian names:$missing" >&2
		return 0
	fi
	echo "installing$missing"
	# A service that a package brings must not be started here.
	# Networks have bad moments, and somebody else may be installing.
	again="-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300"
	# shellcheck disable=SC2086  # lists of words
	as_root apt-get $again update -qq
	# shellcheck disable=SC2086  # a list of words
	as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get $again \
		install -y -qq --no-install-recommends $missing >"${install_log:=/dev/null}"
}
