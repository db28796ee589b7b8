# cprof.  `make help` tells the targets.

-include config.mk

CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
SAN ?=
OPT ?= -O2 -g

VERSION = 0.1.0
PACKAGES = libunwind-ptrace libdw libelf jansson libzstd zlib

WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef -Wvla \
	-Wformat=2 -Wno-unused-parameter
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES))

sanitize = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
ALL_CFLAGS = -std=gnu11 $(OPT) $(WARN) $(sanitize) -D_GNU_SOURCE \
	-DCPROF_VERSION='"$(VERSION)"' -Ilib $(PKG_CFLAGS) $(CFLAGS)
ALL_LIBS = $(PKG_LIBS) -liberty -lpthread -lm $(LIBS)

OBJ = $(BUILD)/obj$(if $(SAN),-$(subst $(comma),-,$(SAN)))
comma = ,
Q = $(if $(V),,@)

lib_src := $(sort $(wildcard lib/*/*.c))
cmd_src := $(sort $(wildcard cmd/*.c))
unit_src := $(sort $(wildcard tests/unit/test_*.c))
lib_obj := $(lib_src:%.c=$(OBJ)/%.o)
cmd_obj := $(cmd_src:%.c=$(OBJ)/%.o)
unit_bin := $(unit_src:tests/unit/%.c=$(OBJ)/unit/%)
lib_a := $(OBJ)/libcprof-internal.a

.PHONY: all help check unit clean
all: cprof

cprof: $(cmd_obj) $(lib_a)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(cmd_obj) $(lib_a) $(ALL_LIBS)

$(lib_a): $(lib_obj)
	@rm -f $@
	$(Q)ar rcs $@ $(lib_obj)

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/unit/%: $(OBJ)/tests/unit/%.o $(lib_a)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(lib_a) -lcmocka $(ALL_LIBS)

unit: $(unit_bin)
	@set -e; for t in $(unit_bin); do $$t; done

check: cprof unit

clean:
	rm -rf $(BUILD) cprof

help:
	@echo "all check unit clean"

-include $(lib_obj:.o=.d) $(cmd_obj:.o=.d)
.SECONDARY:
