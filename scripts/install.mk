# make install    the library, tools, manuals: DESTDIR, PREFIX and the directories below
# make uninstall  takes them away again; give it the same variables
# make deb        a Debian package, in build/deb

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
LIBEXECDIR ?= $(PREFIX)/libexec
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
DOCDIR ?= $(DATADIR)/doc/poisonshim
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/site-functions
# Where python3 looks for modules below PREFIX, if it does; asked once, and only if it matters.
ifeq ($(origin PYTHONDIR),undefined)
PYTHONDIR = $(eval PYTHONDIR := $(or $(shell python3 -c 'import site; print(site.getsitepackages(["$(PREFIX)"])[-1])' \
	2>/dev/null),$(PREFIX)/lib/python3))$(PYTHONDIR)
endif
LDCONFIG ?= ldconfig

VERSION = $(shell sed -n 's/^.define POISONSHIM_VERSION "\(.*\)"$$/\1/p' shim/version.h)

# A command is what has a manual in section 1. Where make builds a program of that name the script only starts it from
# the checkout, and stays there.
COMMANDS = $(patsubst scripts/%.1,%,$(wildcard scripts/*.1))
BUILT = poisonframe poisonstat
SCRIPTS = $(patsubst %,$(BUILD)/install/%,$(filter-out $(BUILT),$(COMMANDS)))

HELPERDIR = $(LIBEXECDIR)/poisonshim
PARTSDIR = $(DATADIR)/poisonshim
REPORTDIR = $(PARTSDIR)/poisonreport.d
MAN1DIR = $(MANDIR)/man1
MAN3DIR = $(MANDIR)/man3
MAN7DIR = $(MANDIR)/man7
EXAMPLEDIR = $(DOCDIR)/examples

# Both targets walk this list: what each directory gets, and its mode if it is not 644.
FILES.LIBDIR = $(BUILD)/libpoisonshim.so
FILES.PKGCONFIGDIR = $(BUILD)/install/poisonshim.pc
FILES.BINDIR = $(patsubst %,$(BUILD)/%,$(filter $(BUILT),$(COMMANDS))) $(SCRIPTS)
FILES.HELPERDIR = $(BUILD)/poisonexec
FILES.REPORTDIR = $(wildcard scripts/poisonreport.d/*.*)
FILES.INCLUDEDIR = $(wildcard shim/poisonshim.h)
FILES.MAN1DIR = $(wildcard scripts/*.1)
FILES.MAN3DIR = $(wildcard shim/*.3)
FILES.MAN7DIR = $(wildcard shim/*.7)
FILES.BASHDIR = $(wildcard scripts/completions/bash/*)
FILES.ZSHDIR = $(wildcard scripts/completions/zsh/*)
FILES.PYTHONDIR = $(wildcard shim/python/*.py)
FILES.EXAMPLEDIR = $(filter-out %/__pycache__,$(wildcard scripts/examples/* shim/examples/*))
FILES.DOCDIR = README.md CHANGELOG.md LICENSE
MODE.BINDIR = 755
MODE.HELPERDIR = 755
ALL_LAID = LIBDIR PKGCONFIGDIR BINDIR HELPERDIR REPORTDIR INCLUDEDIR \
	MAN1DIR MAN3DIR MAN7DIR BASHDIR ZSHDIR PYTHONDIR EXAMPLEDIR DOCDIR
LAID = $(foreach name,$(ALL_LAID),$(if $(strip $(FILES.$(name))),$(name)))
OWN = REPORTDIR PARTSDIR HELPERDIR EXAMPLEDIR DOCDIR

# And what python3 has left beside a module.
compiled = $(patsubst %.py,__pycache__/%.*.pyc,$(notdir $(filter %.py,$(FILES.$1))))

# Each file becomes the new one at once: programs start under the library while it is replaced.
define lay
@install -d '$(DESTDIR)$($1)'
@for file in $(FILES.$1); do \
	install -m $(or $(MODE.$1),644) "$$file" '$(DESTDIR)$($1)/.poisonshim.new' && \
	mv -f '$(DESTDIR)$($1)/.poisonshim.new' '$(DESTDIR)$($1)'/"$${file##*/}" || exit 1; done

endef

define take
@if cd '$(DESTDIR)$($1)' 2>/dev/null; then rm -f $(notdir $(FILES.$1)) $(call compiled,$1); \
	$(if $(call compiled,$1),rmdir __pycache__ 2>/dev/null || :;) fi

endef

# A staged tree is all ours; on a machine only the directories with our name are.
define prune
@if cd '$(DESTDIR)/' 2>/dev/null; then \
	rmdir $(if $(DESTDIR),-p) --ignore-fail-on-non-empty '$(patsubst /%,%,$($1))' 2>/dev/null || :; fi

endef

install: all $(BUILD)/install/poisonshim.pc $(SCRIPTS)
	$(foreach name,$(LAID),$(call lay,$(name)))
	@$(if $(DESTDIR),,$(LDCONFIG) 2>/dev/null || :)

uninstall:
	$(foreach name,$(LAID),$(call take,$(name)))
	$(foreach name,$(if $(DESTDIR),$(LAID),$(OWN)),$(call prune,$(name)))
	@$(if $(DESTDIR),,$(LDCONFIG) 2>/dev/null || :)

# What is written into files depends on variables, so they are always made anew.
below_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$1)
WRITE = -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|' \
	-e 's|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' -e 's|@VERSION@|$(VERSION)|' \
	-e 's|^installed=()$$|installed=("$(LIBDIR)" "$(HELPERDIR)")|' -e 's|^INSTALLED = .*|INSTALLED = "$(PARTSDIR)"|' \
	-e 's|^VERSION = ".*"|VERSION = "$(VERSION)"|'

$(BUILD)/install/%.pc: scripts/%.pc.in always
	@mkdir -p $(@D)
	@rm -f $@
	@sed $(WRITE) $< >$@

$(SCRIPTS): $(BUILD)/install/%: scripts/% always
	@mkdir -p $(@D)
	@rm -f $@
	@sed $(WRITE) $< >$@

deb:
	@BUILD='$(BUILD)' scripts/deb

.PHONY: install uninstall deb always
