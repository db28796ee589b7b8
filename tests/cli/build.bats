#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a packager does: configure, make install, uninstall.
load lib

setup_file() {
	mkdir "$TMPDIR/tree"
	cp -r cmd lib man tests Makefile configure.ac "$TMPDIR/tree"
	if command -v autoconf >/dev/null; then
		(cd "$TMPDIR/tree" && autoconf)
	fi
}

setup() {
	cd "$TMPDIR/tree" || return
}

# Without the settings of the make that runs us.
plain_make() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u SAN -u BUILD make "$@"
}

configure() {
	[ -x configure ] || skip "autoconf is not installed"
	run --separate-stderr env -u CFLAGS CC="${CC:-cc}" ./configure "$@"
}

@test "make help tells the targets and the settings" {
	run --separate-stderr plain_make -s help
	status_is 0
	for word in check install fuzz bench soak SAN= V=1 STRICT=1; do
		out_has "$word"
	done
}

@test "configure lists what is on and what is lost" {
	configure --with-debuginfod=no --with-cairo=no --libdir=/opt/lib64 \
		--includedir='${prefix}/inc'
	status_is 0
	out_like '^  off  charts as png .*\(as asked\)'
	out_like '^  off  debug information from servers .*\(as asked\)'
	out_like '^       lost: record refuses --debuginfod'
	grep -qx 'WITH_DEBUGINFOD = no' config.mk
	grep -qx 'LIBDIR = /opt/lib64' config.mk
	grep -qx 'INCLUDEDIR = /usr/local/inc' config.mk
	grep -qx '#define CPROF_WITH_DEBUGINFOD 0' config.h
}

@test "configure names the Debian package of what is missing" {
	configure PKG_CONFIG=/bin/false
	[ "$status" -ne 0 ]
	err_has "libdw: reads debug information"
	err_like 'apt install .*libdw-dev.*libjansson-dev'
}

@test "configure --with-x=yes fails when x is not there" {
	mkdir -p "$TMPDIR/bin"
	printf '%s\n' '#!/bin/sh' 'case "$*" in *cmocka*) exit 1 ;; esac' \
		'exec pkg-config "$@"' >"$TMPDIR/bin/picky"
	chmod +x "$TMPDIR/bin/picky"
	configure PKG_CONFIG="$TMPDIR/bin/picky" --with-cmocka=yes
	[ "$status" -ne 0 ]
	err_has "libcmocka-dev"
	configure PKG_CONFIG="$TMPDIR/bin/picky"
	status_is 0
	out_like '^  off  unit tests \(not found: apt install libcmocka-dev\)'
}

@test "a choice is yes, no or check" {
	configure --with-debuginfod=maybe
	[ "$status" -ne 0 ]
	err_has "--with-debuginfod is yes, no or check"
}

@test "a configured tree builds and installs where it was told to" {
	configure --prefix=/opt/tools --with-debuginfod=no
	status_is 0
	run plain_make -s -j2 OPT=-O0 install DESTDIR="$TMPDIR/root"
	status_is 0
	root=$TMPDIR/root/opt/tools
	[ "$(find "$root" -type f | wc -l)" -ge 6 ]
	[ -f "$root/share/man/man1/cprof.1" ]
	[ -f "$root/share/bash-completion/completions/cprof" ]
	run --separate-stderr "$root/bin/cprof" --version
	status_is 0
	run --separate-stderr "$root/bin/cprof" doctor
	out_like '^  debuginfod .*built without it'
	run --separate-stderr "$root/bin/cprof" record --debuginfod true
	status_is 125
	err_has "option '--debuginfod': this cprof was built without it"
	# The library for programs, as they find it.
	export PKG_CONFIG_PATH=$root/lib/pkgconfig
	export PKG_CONFIG_SYSROOT_DIR=$TMPDIR/root
	# shellcheck disable=SC2046  # words
	cc -o marked "$TEST_TOP/man/examples/session.c" \
		$(pkg-config --cflags --libs cprof)
	LD_LIBRARY_PATH=$root/lib ./marked | grep "nothing was recorded"
	run plain_make -s OPT=-O0 uninstall DESTDIR="$TMPDIR/root"
	status_is 0
	[ -z "$(find "$root" -type f -o -type l)" ]
}

@test "a build without cairo draws svg, and says what is missing for png" {
	run plain_make -s -j2 OPT=-O0 WITH_CAIRO=no BUILD=build/plain
	status_is 0
	without=build/plain/obj/cprof
	[ -x "$CPROF_OBJ/tools/make_profile" ] ||
		skip "make_profile is not built"
	"$CPROF_OBJ/tools/make_profile" plain a.prof
	run --separate-stderr "$without" export -o a.svg a.prof
	status_is 0
	run --separate-stderr "$without" export -o a.png a.prof
	status_is 2
	err_has "built without cairo"
	[ ! -e a.png ]
}

@test "the program is in a tree that git keeps clean" {
	[ -d "$TEST_TOP/.git" ] || [ -f "$TEST_TOP/.git" ] ||
		skip "this is no git checkout"
	needs git
	cd "$TEST_TOP" || return
	for file in cprof build/x config.mk config.h configure config.log \
		profiles/x; do
		git check-ignore -q "$file"
	done
}
