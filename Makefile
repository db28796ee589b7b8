# cprof.  `make help` tells the targets; configure is not needed.

-include config.mk

VERSION = 0.1.0
MARK_MAJOR = 0

CC ?= cc
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BUILD ?= build
SAN ?=
STRICT ?=
T ?=
JOBS ?= 2
OPT ?= -O2 -g
PKG_CONFIG ?= pkg-config
PROVE ?= prove
FUZZ_CC ?= clang
WITH_CMOCKA ?= $(shell $(PKG_CONFIG) --exists cmocka && echo yes || echo no)
WITH_DEBUGINFOD ?= yes
WITH_CAIRO ?= $(shell $(PKG_CONFIG) --exists cairo && echo yes || echo no)
WERROR ?= -Werror
FUZZ_SECONDS ?= 30

PACKAGES = libunwind-ptrace libdw libelf jansson libzstd zlib
PKG_CFLAGS := $(PKG_CFLAGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
PKG_LIBS := $(PKG_LIBS) $(shell $(PKG_CONFIG) --libs $(PACKAGES))
# Only its header: the library is loaded when a picture is wanted.
CAIRO_CFLAGS := $(if $(filter no,$(WITH_CAIRO)),, \
	$(shell $(PKG_CONFIG) --cflags cairo))

WARN = -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-unused-parameter
# What CI adds; each list in the compiler that knows it.  For clang, NAN and
# INFINITY are floats that are promoted.
STRICT_gcc = -Wredundant-decls -Wlogical-op \
	-Wduplicated-cond -Wduplicated-branches -Wdouble-promotion \
	-Wimplicit-fallthrough=5 -Wtrampolines
STRICT_clang = -Wredundant-decls -Wcomma \
	-Wimplicit-fallthrough -Wunreachable-code \
	-Wconditional-uninitialized -Wmissing-variable-declarations \
	-Wnewline-eof -Wextra-semi
compiler = $(if $(findstring clang,$(shell $(CC) --version)),clang,gcc)

comma = ,
Q = $(if $(V),,@)
say = @$(if $(V),:,echo "  $(1)")
sanitize = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
ALL_CFLAGS := -std=gnu11 $(OPT) $(WARN) $(sanitize) \
	$(if $(STRICT),$(STRICT_$(compiler))) -D_GNU_SOURCE \
	-DCPROF_VERSION='"$(VERSION)"' $(if $(wildcard config.h),-include \
	config.h) -Ilib $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LIBS := $(PKG_LIBS) -liberty -lpthread -lm $(LIBS)

# Functions that style forbids are errors; see lib/base/banned.h.
ban = -include lib/base/banned.h -Walloca $(if $(filter lib/base/% cmd/%,$<),-DMAY_EXIT)

# A sanitized build lives beside the plain one, with its own program.
OBJ := $(BUILD)/obj$(if $(SAN),-$(subst $(comma),-,$(SAN)))
PROGRAM := $(if $(SAN)$(filter-out build,$(BUILD)),$(OBJ)/cprof,cprof)

# A feature that is missing is another source file.
left_out := lib/symbol/debuginfod$(if $(filter no,$(WITH_DEBUGINFOD)),,_none).c \
	lib/render/canvas_cairo$(if $(filter no,$(WITH_CAIRO)),,_none).c

# What runs inside of programs is a library of its own.
mark_src := $(sort $(wildcard lib/mark/*.c))
lib_src := $(filter-out $(left_out) $(mark_src),$(sort $(wildcard lib/*/*.c)))
cmd_src := $(sort $(wildcard cmd/*.c))
unit_src := $(sort $(wildcard tests/unit/test_*.c))
fuzz_src := $(sort $(wildcard tests/fuzz/fuzz_*.c))
tool_src := $(sort $(wildcard tests/tools/*.c))
lib_obj := $(lib_src:%.c=$(OBJ)/%.o)
cmd_obj := $(cmd_src:%.c=$(OBJ)/%.o)
unit_bin := $(if $(filter no,$(WITH_CMOCKA)),, \
	$(unit_src:tests/unit/%.c=$(OBJ)/unit/%))
tool_bin := $(tool_src:tests/tools/%.c=$(OBJ)/tools/%)
settings := Makefile $(wildcard config.mk config.h)
lib_a := $(OBJ)/libcprof-internal.a
headers := $(sort $(wildcard lib/*/*.h cmd/*.h))
mark_so := libcprof.so.$(MARK_MAJOR)
mark_libs := $(OBJ)/libcprof.a $(OBJ)/$(mark_so) $(OBJ)/libcprof.so
man1 := $(sort $(wildcard man/*.1))
man5 := $(sort $(wildcard man/*.5))
man7 := $(sort $(wildcard man/*.7))

.PHONY: all help check unit lint bench verdict-bench fuzz fuzz-run \
	fuzz-corpus fuzz-replay soak install uninstall clean
all: $(PROGRAM) $(mark_libs)

help:
	@echo 'make                     build ./cprof'
	@echo 'make check               build, and run every test under prove'
	@echo 'make check T=cli/report  run one test (T=unit: one group)'
	@echo 'make unit                run the unit tests only'
	@echo 'make install             PREFIX=$(PREFIX) DESTDIR='
	@echo 'make uninstall           remove what install put there'
	@echo 'make fuzz                FUZZ_SECONDS=$(FUZZ_SECONDS) for each target'
	@echo 'make fuzz-corpus         the inputs that are known, once each'
	@echo 'make bench               measure; prints figures, fails nothing'
	@echo 'make verdict-bench       how often gate is wrong, here'
	@echo 'make soak                tests that take hours'
	@echo 'make clean'
	@echo
	@echo 'settings: CC=$(CC) OPT="$(OPT)" CFLAGS= LDFLAGS= BUILD=$(BUILD)'
	@echo '  V=1                    show the commands'
	@echo '  SAN=address,undefined  build with sanitizers, beside the other'
	@echo '  STRICT=1               more warnings (CI)'
	@echo '  JOBS=2                 tests that run at once'
	@echo './configure (made by autoconf) writes config.mk and config.h for'
	@echo 'those who want choices.'

$(PROGRAM): $(cmd_obj) $(lib_a)
	$(call say,LINK  $@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(cmd_obj) $(lib_a) $(ALL_LIBS)

$(lib_a): $(lib_obj)
	$(call say,AR    $@)
	$(Q)rm -f $@ && ar rcs $@ $(lib_obj)

$(OBJ)/%.o: %.c $(settings)
	@mkdir -p $(@D)
	$(call say,CC    $<)
	$(Q)$(CC) $(ALL_CFLAGS) $(ban) -MMD -MP -c -o $@ $<

$(OBJ)/lib/render/canvas_cairo.o: ALL_CFLAGS += $(CAIRO_CFLAGS)

# The marker library: no names but its own are seen from outside.  Programs
# with sanitizers find it as everybody does.
mark_cflags = -std=gnu11 $(OPT) $(WARN) $(if $(STRICT),$(STRICT_$(compiler))) \
	-fPIC -fvisibility=hidden -fno-stack-protector -D_GNU_SOURCE \
	-Ilib $(CPPFLAGS) $(CFLAGS)

$(OBJ)/mark/static/%.o: lib/mark/%.c $(settings)
	@mkdir -p $(@D)
	$(call say,CC    $< (static))
	$(Q)$(CC) $(mark_cflags) -MMD -MP -c -o $@ $<

$(OBJ)/mark/shared/%.o: lib/mark/%.c $(settings)
	@mkdir -p $(@D)
	$(call say,CC    $< (shared))
	$(Q)$(CC) $(mark_cflags) '-DCPROF_API=__attribute__((visibility("default")))' \
		-MMD -MP -c -o $@ $<

$(OBJ)/libcprof.a: $(mark_src:lib/mark/%.c=$(OBJ)/mark/static/%.o)
	$(call say,AR    $@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OBJ)/$(mark_so): $(mark_src:lib/mark/%.c=$(OBJ)/mark/shared/%.o)
	$(call say,LINK  $@)
	$(Q)$(CC) -shared -Wl,-soname,$(mark_so) -Wl,-z,defs $(LDFLAGS) -o $@ $^

$(OBJ)/libcprof.so: $(OBJ)/$(mark_so)
	$(Q)ln -sf $(mark_so) $@

# The assembler includes these, which -MMD does not see.
$(OBJ)/lib/render/html_assets.o: $(sort $(wildcard lib/render/assets/*))

$(OBJ)/tests/%.o: tests/%.c $(settings)
	@mkdir -p $(@D)
	$(call say,CC    $<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -c -o $@ $<

$(OBJ)/unit/%: $(OBJ)/tests/unit/%.o $(lib_a)
	@mkdir -p $(@D)
	$(call say,LINK  $@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(lib_a) -lcmocka $(ALL_LIBS)

$(OBJ)/tools/%: $(OBJ)/tests/tools/%.o $(lib_a)
	@mkdir -p $(@D)
	$(call say,LINK  $@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(lib_a) $(ALL_LIBS)

# tests/README.md tells how a test is found, run and counted.
run_tests = CPROF=$(abspath $(PROGRAM)) CPROF_OBJ=$(abspath $(OBJ)) \
	CC='$(CC)' WITH_CMOCKA=$(WITH_CMOCKA) \
	$(PROVE) --exec tests/run -j$(JOBS) $(PROVEFLAGS)

check: all $(unit_bin) $(tool_bin)
	@tests=$$(tests/list $(T)) && $(run_tests) $$tests

unit: $(unit_bin)
	@$(run_tests) -Q $(unit_src)

lint: $(PROGRAM)
	@$(run_tests) $$(tests/list lint)

bench: all $(tool_bin)
	@for b in $(filter-out %/lib.sh,$(sort $(wildcard tests/bench/*.sh))); do \
		echo "== $$b"; CPROF=$(abspath $(PROGRAM)) $$b || exit; done

# Some 20 minutes; the rows that are in git are applied by the tests.
verdict-bench: $(PROGRAM) $(tool_bin)
	@export CPROF=$(abspath $(PROGRAM)) CPROF_OBJ=$(abspath $(OBJ)) && \
	b=tests/bench/verdict.sh && $$b record $(BUILD)/verdict && \
	for metric in cpu wall memory; do \
		echo "== $$metric" && \
		$$b table $$metric $(BUILD)/verdict || exit; \
	done && \
	echo '== 200 gates of the same command' && \
	$$b gates 200 0 --no-explain && \
	echo '== 40 gates, 5 % more of the run in f3' && \
	$$b gates 40 5 --explain

soak: $(PROGRAM)
	@for s in $(sort $(wildcard tests/soak/*.sh)); do \
		echo "== $$s"; CPROF=$(abspath $(PROGRAM)) $$s || exit; done

# Built by this Makefile once more, as another sanitizer with its objects.
fuzz_bin := $(fuzz_src:tests/fuzz/%.c=$(OBJ)/fuzz/%)

$(OBJ)/fuzz/%: $(OBJ)/tests/fuzz/%.o $(lib_a)
	@mkdir -p $(@D)
	$(call say,LINK  $@)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(lib_a) \
		$(ALL_LIBS)

# The corpus in git is never written to: new finds go under build/.
fuzz-run: $(fuzz_bin)
	@for f in $(fuzz_bin); do \
		name=$${f##*/fuzz_}; mkdir -p $(BUILD)/corpus/$$name; \
		echo "== $$name"; \
		$$f -max_total_time=$(FUZZ_SECONDS) \
			-verbosity=0 -timeout=10 -rss_limit_mb=1024 -artifact_prefix=$(BUILD)/corpus/ \
			-print_final_stats=1 $(BUILD)/corpus/$$name \
			tests/fuzz/corpus/$$name || exit; done

# Nothing random: CI must not fail by what it happens to find.
fuzz-replay: $(fuzz_bin)
	@for f in $(fuzz_bin); do \
		name=$${f##*/fuzz_}; echo "== $$name"; \
		$$f -timeout=60 -rss_limit_mb=2048 \
			-artifact_prefix=$(BUILD)/ \
			tests/fuzz/corpus/$$name/* >$(BUILD)/fuzz.log 2>&1 || \
			{ cat $(BUILD)/fuzz.log; exit 1; }; \
		echo "$$(grep -c '^Executed ' $(BUILD)/fuzz.log) inputs"; done

fuzz fuzz-corpus:
	@$(MAKE) --no-print-directory CC=$(FUZZ_CC) \
		SAN=fuzzer-no-link,address,undefined \
		$(if $(filter fuzz,$@),fuzz-run,fuzz-replay)

bash_dir = $(DESTDIR)$(DATADIR)/bash-completion/completions
zsh_dir = $(DESTDIR)$(DATADIR)/zsh/vendor-completions
fish_dir = $(DESTDIR)$(DATADIR)/fish/vendor_completions.d
data_dir = $(DESTDIR)$(DATADIR)/cprof

example_dir = $(DESTDIR)$(DATADIR)/doc/cprof/examples
examples := $(sort $(wildcard man/examples/*))

install: $(PROGRAM)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 \
		$(bash_dir) $(zsh_dir) $(fish_dir) $(data_dir) $(example_dir)
	install -m 755 $(PROGRAM) $(DESTDIR)$(BINDIR)/cprof
	$(if $(man1),install -m 644 $(man1) $(DESTDIR)$(MANDIR)/man1)
	$(if $(man5),install -m 644 $(man5) $(DESTDIR)$(MANDIR)/man5)
	$(if $(man7),install -m 644 $(man7) $(DESTDIR)$(MANDIR)/man7)
	install -m 644 man/cprof-export.schema.json \
		man/cprof-compare.schema.json $(data_dir)
	install -m 644 $(examples) $(example_dir)
	install -m 644 cmd/completion/cprof.bash $(bash_dir)/cprof
	install -m 644 cmd/completion/cprof.zsh $(zsh_dir)/_cprof
	install -m 644 cmd/completion/cprof.fish $(fish_dir)/cprof.fish

# The library's own, and what pkg-config tells of it.
lib_dir = $(DESTDIR)$(LIBDIR)
include_dir = $(DESTDIR)$(INCLUDEDIR)

$(OBJ)/cprof.pc: lib/mark/cprof.pc.in $(settings)
	@mkdir -p $(@D)
	$(Q)sed -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' $< >$@

.PHONY: install-mark
install: install-mark
install-mark: $(mark_libs) $(OBJ)/cprof.pc
	install -d $(lib_dir)/pkgconfig $(include_dir) $(DESTDIR)$(MANDIR)/man3
	install -m 644 lib/mark/cprof.h $(include_dir)
	install -m 644 $(OBJ)/libcprof.a $(lib_dir)
	install -m 755 $(OBJ)/$(mark_so) $(lib_dir)
	ln -sf $(mark_so) $(lib_dir)/libcprof.so
	install -m 644 $(OBJ)/cprof.pc $(lib_dir)/pkgconfig
	install -m 644 man/cprof.h.3 $(DESTDIR)$(MANDIR)/man3

uninstall:
	rm -f $(include_dir)/cprof.h $(lib_dir)/libcprof.a \
		$(lib_dir)/$(mark_so) $(lib_dir)/libcprof.so \
		$(lib_dir)/pkgconfig/cprof.pc $(DESTDIR)$(MANDIR)/man3/cprof.h.3
	rm -f $(DESTDIR)$(BINDIR)/cprof \
		$(man1:man/%=$(DESTDIR)$(MANDIR)/man1/%) \
		$(man5:man/%=$(DESTDIR)$(MANDIR)/man5/%) \
		$(examples:man/examples/%=$(example_dir)/%) \
		$(man7:man/%=$(DESTDIR)$(MANDIR)/man7/%) \
		$(bash_dir)/cprof $(zsh_dir)/_cprof $(fish_dir)/cprof.fish \
		$(data_dir)/cprof-export.schema.json \
		$(data_dir)/cprof-compare.schema.json

clean:
	rm -rf $(BUILD) cprof

-include $(mark_src:lib/mark/%.c=$(OBJ)/mark/static/%.d) \
	$(mark_src:lib/mark/%.c=$(OBJ)/mark/shared/%.d)
-include $(lib_obj:.o=.d) $(cmd_obj:.o=.d) \
	$(unit_src:%.c=$(OBJ)/%.d) $(tool_src:%.c=$(OBJ)/%.d) \
	$(fuzz_src:%.c=$(OBJ)/%.d)
.SECONDARY:
.DELETE_ON_ERROR:
