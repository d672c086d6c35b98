#!/usr/bin/env bats
# The shells complete options, their words and the names of framings; every option of --help is among them.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

setup() {
	export SHIM_BUILD=${SHIM_BUILD:-$top/build}
}

# in_bash WORD...: what bash offers for the last of the words, as readline splits them.
in_bash() {
	bash -c '
		set -u
		command=$1
		. "$2/scripts/completions/bash/${command##*/}"
		COMP_WORDS=("${@:3}")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		COMPREPLY=()
		"_${command##*/}" "$2/scripts/$command" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}" 2>&1
		printf "%s\n" "${COMPREPLY[@]}"' bash "$1" "$top" "${@:2}"
}

offers() {
	run -0 in_bash "${@:2}"
	[ "$output" = "$1" ]
}

# in_zsh TYPED: what the command prints once it was typed, with each ~ as a tabulator, and executed.
in_zsh() {
	rm -f "$BATS_TEST_TMPDIR/done"
	mkfifo "$BATS_TEST_TMPDIR/done"
	timeout 30 zsh -f -c '
		zmodload zsh/zpty
		zpty shell "zsh -f -i"
		type() { zpty -w shell "$1" }
		type "fpath=($1/scripts/completions/zsh \$fpath); PATH=$1/scripts:\$PATH; cd $2"
		type "autoload -Uz compinit && compinit -u -D; bindkey \"^I\" complete-word"
		type "{ ${3//\~/	} } >out 2>&1; : >done"
		read -r <$2/done
		cat $2/out' zsh "$top" "$BATS_TEST_TMPDIR" "$1"
}

options_of() {
	"$top/scripts/$1" --help | grep -oE -- '--[a-z-]{2,}' | sort -u
}

@test "completions: bash and zsh have every option that --help has" {
	for command in "$top"/scripts/*.1; do
		command=${command##*/}
		command=${command%.1}
		for option in $(options_of "$command"); do
			grep -qE -- "(^|[^a-z-])$option([^a-z-]|\$)" "$top/scripts/completions/bash/$command"
			grep -qE -- "$option\b" "$top/scripts/completions/zsh/_$command"
		done
	done
}

@test "completions: bash: options, and their words" {
	offers --policy poisonrun poisonrun --pol
	offers strict poisonrun poisonrun --policy st
	offers strict poisonrun poisonrun --policy = st
	offers $'resume\nstrict' poisonrun poisonrun --policy =
	offers json poisonrun poisonrun --audit --log-format j
	offers --json poisonframe poisonframe --j
	offers server poisonframe poisonframe -r s
}

@test "completions: bash: names of framings" {
	offers memcached-binary poisonrun poisonrun --framing memcached-
	offers memcached-binary poisonframe poisonframe -j memcached-
}

@test "completions: the other tools, in both shells" {
	cd "$BATS_TEST_TMPDIR"
	mkdir a-directory
	touch a-file
	offers --output poisonreport poisonreport --out
	offers a-file poisonreport poisonreport --output a-f
	offers --prometheus poisonstat poisonstat --prom
	offers a-directory poisonstat poisonstat -p a-
	run -0 in_zsh 'poisonreport --out~a-page a-f~;'
	grep -q '<html' a-page
}

@test "completions: bash: the program, and files behind it" {
	cd "$BATS_TEST_TMPDIR"
	touch a-file
	offers a-file poisonrun poisonrun --audit --policy strict cat a-
	offers a-file poisonrun poisonrun -- cat a-
	offers a-file poisonrun poisonrun --policy = strict cat --policy a-
	offers a-file poisonrun poisonrun --config a-
	offers a-file poisonframe poisonframe redis a-
	run -0 in_bash poisonrun poisonrun --audit ca
	[[ $'\n'$output$'\n' == *$'\ncat\n'* ]]
}

@test "completions: bash: what bash-completion knows of the program" {
	run -0 bash -c '
		. "$1/scripts/completions/bash/poisonrun"
		_command_offset() { echo "offset $1"; }
		COMP_WORDS=(poisonrun --policy strict --audit -- cat x) COMP_CWORD=6
		_poisonrun poisonrun x cat' bash "$top"
	[ "$output" = 'offset 5' ]
}

@test "completions: zsh: options, words, framings, the program's files" {
	echo content >"$BATS_TEST_TMPDIR/a-file"
	run -0 in_zsh 'poisonrun --pol~str~ --framing memcached-~ cat a-~ /proc/self/environ | tr "\0" "\n" | sort;'
	[[ $output == *$'POISONSHIM_FRAMING=memcached-binary\nPOISONSHIM_POLICY=strict\n'* ]]
	[[ $output == *content* ]]
}

@test "completions: zsh: poisonframe" {
	touch "$BATS_TEST_TMPDIR/a-file"
	run -0 in_zsh 'poisonframe --qui~ memcached-~ a-~;'
	[[ $output == '0 messages in 0 bytes, framing memcached-binary,'* ]]
}
