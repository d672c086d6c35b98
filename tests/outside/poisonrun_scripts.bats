#!/usr/bin/env bats
# A script is judged by what interprets it in the end, as the kernel, env and execvp() find it.

# shellcheck disable=SC2154,SC2016,SC2034
bats_require_minimum_version 1.5.0
load guard.bash
load poisonrun.bash

setup_file() {
	build_kinds plain static
	export kinds
}

setup() {
	scratch=$BATS_TEST_TMPDIR
	export SHIM_BUILD=${SHIM_BUILD:-$top/build}
	cp "$kinds/plain" "$kinds/static" "$scratch"
	PATH=$scratch:$PATH
}

# script NAME LINE...
script() {
	printf '%s\n' "${@:2}" >"$scratch/$1"
	chmod +x "$scratch/$1"
}

@test "scripts: a good interpreter, by path, with blanks, with arguments" {
	script one "#!$scratch/plain" anything
	starts "$scratch/one"
	script two "#!  $scratch/plain  -a -b  "
	starts "$scratch/two"
	script three '#!/bin/sh -e' 'echo "$0 $1"'
	run -0 poisonrun "$scratch/three" x
	[ "$output" = "$scratch/three x" ]
}

@test "scripts: a bad interpreter, whose name stands in the line" {
	script bad "#!$scratch/static -x"
	cannot 'is a statically linked program' "$scratch/bad"
	refuses "/bad (run by $scratch/static) is a statically linked program" "$scratch/bad"
}

@test "scripts: through env" {
	for line in '/usr/bin/env plain' '/usr/bin/env  plain  ' '/usr/bin/env -S plain -u -b' '/usr/bin/env -S A=1 B=2 plain' \
		'/usr/bin/env -vS plain' '/usr/bin/env -S -u A plain' '/usr/bin/env --split-string=plain x'; do
		script good "#!$line"
		run -0 poisonrun "$scratch/good"
		[[ $output == *guarded* && $output != *unguarded* ]]
		script bad "#!${line/plain/static}"
		refuses '/static) is a statically linked program' "$scratch/bad"
	done
}

@test "scripts: an env that takes the preload away" {
	for line in -i - '-u LD_PRELOAD' --unset=LD_PRELOAD LD_PRELOAD=; do
		script bare "#!/usr/bin/env -S $line $scratch/plain"
		cannot 'an env that takes LD_PRELOAD away' "$scratch/bare"
	done
}

@test "scripts: an env line that is beyond poisonrun" {
	script odd '#!/usr/bin/env -S "plain" -x'
	refuses 'of which poisonrun cannot tell what it executes' "$scratch/odd"
	run -0 --separate-stderr poisonrun --force "$scratch/odd"
	[ "$output" = guarded ]
}

@test "scripts: an interpreter that is a script itself" {
	script inner "#!$scratch/static"
	script outer "#!$scratch/inner"
	refuses 'is a statically linked program' "$scratch/outer"
	script inner "#!$scratch/plain"
	starts "$scratch/outer"
	script by-env '#!/usr/bin/env outer'
	starts "$scratch/by-env"
	script loop "#!$scratch/loop"
	refuses 'more interpreters of interpreters than the kernel follows' "$scratch/loop"
	for n in 1 2 3 4 5 6; do
		script $n "#!$scratch/$((n - 1))"
		[ $n -gt 1 ] || script 1 "#!$scratch/plain"
		[ $n -eq 6 ] || starts "$scratch/$n"
	done
	refuses 'than the kernel follows' "$scratch/6"
	run ! "$scratch/6"
}

@test "scripts: an interpreter that is not there" {
	script none '#!/nowhere/perl'
	refuses 'is for the interpreter /nowhere/perl, which cannot be executed: No such file' "$scratch/none"
	script none '#!/usr/bin/env nowhere'
	refuses 'is for the interpreter nowhere, which is not found in PATH' "$scratch/none"
	script none $'#!/bin/sh\r' 'echo x'
	refuses 'is for the interpreter "/bin/sh\x0d": its first line ends in CR LF' "$scratch/none"
	script none $'#!/\e[31m'
	refuses 'the interpreter /\x1b[31m, which' "$scratch/none"
	script none '#!/usr/bin/none/env sh'
	refuses 'is for the interpreter /usr/bin/none/env' "$scratch/none"
}

@test "scripts: an interpreter without a slash is in the current directory, not in PATH" {
	script here '#!plain'
	(cd / && refuses 'is for the interpreter ./plain' "$scratch/here")
	cd "$scratch"
	starts ./here
}

@test "scripts: a text without #! is run by /bin/sh, as execvp() does" {
	script text 'echo "$0 $*"' "$scratch/plain"
	run -0 --separate-stderr poisonrun text a 'b c'
	[ "$output" = "$scratch/text a b c"$'\n'guarded ]
	run -0 env text a 'b c'
	[ "${lines[0]}" = "$scratch/text a b c" ]
	run -0 poisonrun --check text
	[[ $output == *'a text for /bin/sh: /bin/sh'* ]]
	: >"$scratch/empty"
	chmod +x "$scratch/empty"
	run -0 poisonrun "$scratch/empty"
}

@test "scripts: a text as an interpreter" {
	script text 'echo x'
	script on-text "#!$scratch/text"
	refuses 'an interpreter that is neither an ELF file nor a script' "$scratch/on-text"
}

@test "scripts: a first line longer than the kernel reads" {
	long=$(printf 'x%.0s' {1..300})
	script long "#!/$long"
	run -0 poisonrun --check "$scratch/long"
	[[ $output == *'a text for /bin/sh'* ]]
	script long "#!$scratch/plain $long"
	starts "$scratch/long"
}

@test "scripts: setuid counts on the interpreter, not on the script" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	script own "#!$scratch/plain"
	chown 65534 "$scratch/own"
	chmod u+s "$scratch/own"
	starts "$scratch/own"
	chown 65534 "$scratch/plain"
	chmod u+s "$scratch/plain"
	cannot 'is setuid to user 65534' "$scratch/own"
	refuses "(run by $scratch/plain) is setuid to user 65534" "$scratch/own"
}
