#!/usr/bin/env bats
# poisonrun starts a program with the library in it, or says in one line why that cannot guard it.

# shellcheck disable=SC2030,SC2031,SC2154,SC2016,SC2034
bats_require_minimum_version 1.5.0
load guard.bash
load poisonrun.bash

setup_file() {
	build_kinds
	export kinds
}

setup() {
	scratch=$BATS_TEST_TMPDIR
	export SHIM_BUILD=${SHIM_BUILD:-$top/build}
}

# The variables that a program gets.
variables() {
	run -0 --separate-stderr poisonrun "$@" env
	grep '^POISONSHIM_' <<<"$output" | sort
}

@test "poisonrun: guards a program" {
	starts "$kinds/plain"
	run -0 --separate-stderr poisonrun -- /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = EPIPE ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "poisonrun: exit status, signals and process are the program's" {
	run -3 poisonrun sh -c 'exit 3'
	run -0 bash -c '"$1" sh -c "echo \$\$" & echo $!; wait' bash "$top/scripts/poisonrun"
	[ "$(sort -u <<<"$output" | wc -l)" -eq 1 ]
	"$top/scripts/poisonrun" sleep 60 &
	pid=$!
	until [ "$(cat /proc/$pid/comm)" = sleep ]; do :; done
	kill -TERM $pid
	wait $pid || [ $? -eq 143 ]
}

@test "poisonrun: arguments and name reach the program as they are" {
	run -0 poisonrun printf '%s|' a '' 'b c' '*' -- --force $'x\ny'
	[ "$output" = $'a||b c|*|--|--force|x\ny|' ]
	PATH=$scratch:$PATH
	printf '#!/bin/sh\necho "$0" "$@"\n' >"$scratch/-odd"
	chmod +x "$scratch/-odd"
	run -0 poisonrun -- -odd x
	[ "$output" = "$scratch/-odd x" ]
	run -0 poisonrun sh -c 'tr "\0" "\n" </proc/self/cmdline | head -1; tr "\0" "\n" </proc/$$/cmdline | head -1'
	[ "${lines[1]}" = sh ]
}

@test "poisonrun: the environment is the program's, but for LD_PRELOAD and options" {
	same() {
		env -i PATH="$PATH" SHLVL=1 PWD="$PWD" _=x a.b=1 'c-d=2' 'BASH_FUNC_f%%=() {  echo hi
}' "$@"
	}
	run -0 --separate-stderr same "$top/scripts/poisonrun" --audit env
	[ "$(grep -v '^_=' <<<"$output" | sort)" = "$( (same env; printf '%s\n' "LD_PRELOAD=$library" POISONSHIM_MODE=audit) | grep -v '^_=' | sort)" ]
	[[ $output == *$'\n_=/'*/env* ]]
}

@test "poisonrun: no fd is taken, and signals that are ignored stay ignored" {
	probe='ls /proc/self/fd; exec grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status'
	run -0 bash -c 'trap "" HUP PIPE; exec sh -c "$1"' bash "$probe"
	bare=$output
	run -0 bash -c 'trap "" HUP PIPE; exec "$2" sh -c "$1"' bash "$probe" "$top/scripts/poisonrun"
	diff <(echo "$bare") <(echo "$output")
}

@test "poisonrun: each option sets its variable" {
	run -0 variables --framing 'packet(4)' --policy strict --audit --deadline 5s --action reset --sigpipe --window 32
	[ "$output" = 'POISONSHIM_ACTION=reset
POISONSHIM_DEADLINE=5s
POISONSHIM_FRAMING=packet(4)
POISONSHIM_MODE=audit
POISONSHIM_POLICY=strict
POISONSHIM_SIGPIPE=1
POISONSHIM_WINDOW=32' ]
	run -0 variables --rules='port:1=call;*=off' --mode=enforce
	[ "$output" = 'POISONSHIM_MODE=enforce
POISONSHIM_RULES=port:1=call;*=off' ]
	POISONSHIM_RULES='*=off' run -0 variables --rule port:1=call --rule '*=auto'
	[ "$output" = 'POISONSHIM_RULES=port:1=call;*=auto' ]
}

@test "poisonrun: there is an option for every variable that the library knows" {
	run -78 --separate-stderr guarded POISONSHIM_NONE=1 true
	names=${stderr#*one of }
	names=${names%;*}
	[[ $names == *RULES* ]]
	run -0 --separate-stderr poisonrun --help
	for name in ${names//,/ }; do
		[[ $output == *POISONSHIM_$name* ]]
	done
}

@test "poisonrun: the log's options change their own words of it, wherever they stand" {
	run -0 variables --log-level debug --log "$scratch/log,json"
	[ "$output" = "POISONSHIM_LOG=$scratch/log,json,debug" ]
	POISONSHIM_LOG="warn,json,$scratch/log" run -0 variables --log-level info --log-format text
	[ "$output" = "POISONSHIM_LOG=$scratch/log,text,info" ]
	run -0 variables --log-level off
	[ "$output" = POISONSHIM_LOG=off ]
}

@test "poisonrun: paths become absolute, because children may be in other directories" {
	cd "$scratch"
	echo POISONSHIM_MODE=audit >conf
	run -0 variables --config conf --log ./log
	[ "$output" = "POISONSHIM_CONFIG=$scratch/conf
POISONSHIM_LOG=$scratch/./log" ]
}

@test "poisonrun: a configuration that does not parse: the library's own words and status, and nothing is started" {
	says() {
		run -78 --separate-stderr guarded "$1" true
		own=$stderr
		run -78 --separate-stderr poisonrun "${@:2}" "$kinds/static"
		[ -z "$output" ]
		[ "$stderr" = "$own" ]
	}
	says POISONSHIM_FRAMING='packet(3)' --framing 'packet(3)'
	says POISONSHIM_RULES='port:1=call;port:x=line' --rule port:1=call --rule=port:x=line
	says POISONSHIM_LOG=app.log --log app.log
	says POISONSHIM_CONFIG="$scratch/none" --force --config "$scratch/none"
	POISONSHIM_FRAMNIG=call run -78 --separate-stderr poisonrun "$kinds/static"
	[[ $stderr == *'did you mean POISONSHIM_FRAMING'* ]]
	run -2 poisonrun --framing 'packet(3)' --check "$kinds/plain"
	[[ ${lines[0]} == 'variables   NO  POISONSHIM_FRAMING, column 8:'* ]]
}

@test "poisonrun: a log that cannot be written is said once, and the program runs" {
	run -0 --separate-stderr poisonrun --log "$scratch/none/log" "$kinds/plain"
	[ "$output" = guarded ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *ENOENT*"$scratch/none/log"* ]]
}

@test "poisonrun: what is preloaded stays, behind the library, which is there once" {
	preloads() {
		LD_PRELOAD=$1 run -0 --separate-stderr poisonrun env
		grep ^LD_PRELOAD= <<<"$output"
	}
	jemalloc=$(ldconfig -p | awk '/libjemalloc/ { print $NF; exit }')
	[ "$jemalloc" ]
	run -0 preloads "$jemalloc"
	[ "$output" = "LD_PRELOAD=$library:$jemalloc" ]
	run -0 preloads "  $jemalloc::libm.so.6 : $library"
	[ "$output" = "LD_PRELOAD=$library:$jemalloc:libm.so.6" ]
	run -0 preloads ''
	[ "$output" = "LD_PRELOAD=$library" ]
	run -0 preloads "libm.so.6 libubsan.so.1"
	[ "$output" = "LD_PRELOAD=libubsan.so.1:$library:libm.so.6" ]
	run -0 poisonrun "$top/scripts/poisonrun" "$kinds/plain"
	[ "$output" = guarded ]
}

@test "poisonrun: static programs" {
	cannot 'is a statically linked program: no loader' "$kinds/static"
	cannot 'is a statically linked program (static-pie): no loader' "$kinds/static-pie"
}

@test "poisonrun: Go programs" {
	cannot 'is a Go program, and statically linked' "$kinds/static-go"
	refuses 'is a Go program: only what its C parts write' "$kinds/go"
	run -0 --separate-stderr poisonrun --force "$kinds/go"
	[ "$output" = guarded ]
	objcopy --strip-debug --rename-section .note.go.buildid=.other "$kinds/go" "$scratch/noted"
	refuses 'is a Go program' "$scratch/noted"
	objcopy --add-section .go.buildinfo=/etc/hostname "$kinds/plain" "$scratch/named"
	refuses 'is a Go program' "$scratch/named"
	refuses 'is a Go program: only what its C parts write' "$(PATH=$PATH:/usr/sbin command -v nats-server)" --version
}

@test "poisonrun: programs for another machine or another libc" {
	refuses 'is for another machine (i386, 32 bit) than the library (x86-64, 64 bit)' "$kinds/i386"
	check_says_no 'is for another machine' "$kinds/i386"
	cp "$kinds/plain" "$scratch/s390"
	printf '\x02\x02' | dd of="$scratch/s390" bs=1 seek=4 conv=notrunc status=none
	printf '\x00\x16' | dd of="$scratch/s390" bs=1 seek=18 conv=notrunc status=none
	refuses 'is for another machine (s390, 64 bit, the other byte order)' "$scratch/s390"
	cannot 'runs on musl (/lib/ld-musl-' "$kinds/musl"
}

@test "poisonrun: a loader as the program, which loads one" {
	loader=$(readelf -l "$kinds/plain" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	starts "$loader" "$kinds/plain"
}

@test "poisonrun: a loader that is not there" {
	gcc -Wl,--dynamic-linker=/lib/ld-linux-none.so.2 -o "$scratch/none" "$kinds/program.c"
	refuses 'wants the loader /lib/ld-linux-none.so.2, which is not there' "$scratch/none"
}

@test "poisonrun: programs with AddressSanitizer start once its runtime is in front" {
	cannot 'is built with AddressSanitizer, whose runtime must come first: set LD_PRELOAD=libasan.so' "$kinds/asan"
	runtime=$(grep -o 'libasan[.so0-9]*' <<<"$output" | head -1)
	run -0 --separate-stderr env LD_PRELOAD="$runtime" "$top/scripts/poisonrun" "$kinds/asan"
	[ "$output" = guarded ]
	[ -z "$stderr" ]
}

@test "poisonrun: programs with ThreadSanitizer" {
	gcc -fsanitize=thread -o "$scratch/tsan" "$kinds/program.c"
	cannot 'is built with ThreadSanitizer' "$scratch/tsan"
}

@test "poisonrun: what is no program" {
	refuses 'nowhere is not found in PATH' nowhere
	refuses "$scratch/none cannot be executed: No such file or directory" "$scratch/none"
	refuses 'is a directory' "$scratch"
	cp "$kinds/plain" "$scratch/not"
	chmod -x "$scratch/not"
	refuses 'is not executable' "$scratch/not"
	PATH=$scratch:$PATH refuses 'not is in PATH, but is not executable' not
	refuses 'is not found in PATH' ''
	mkfifo -m 755 "$scratch/fifo"
	refuses 'is not executable' --force "$scratch/fifo"
	printf 'MZ\0' >"$scratch/exe"
	chmod +x "$scratch/exe"
	refuses 'is neither an ELF file nor a script' "$scratch/exe"
	run -126 poisonrun --force "$scratch/exe"
	gcc -c -o "$scratch/object" "$kinds/program.c"
	chmod +x "$scratch/object"
	refuses 'is an ELF file, but no program' "$scratch/object"
	gcc -shared -Wl,-soname,libx.so -o "$scratch/libx.so" "$kinds/program.c" -fPIC
	refuses 'is a shared library, and no program' "$scratch/libx.so"
}

@test "poisonrun: a program that is cut short anywhere" {
	for n in 0 1 4 16 63 64 100 500 900 2000 4096 8000; do
		head -c $n "$kinds/plain" >"$scratch/cut"
		chmod +x "$scratch/cut"
		run -2 poisonrun --check "$scratch/cut" || [ "$status" -eq 0 ]
		[[ ${lines[-1]} == *'be guarded' ]]
	done
}

@test "poisonrun: wrong arguments" {
	refuses 'expected a program'
	refuses 'expected a program' --audit --
	refuses '--framng: there is no such option' --framng x true
	refuses '-x: there is no such option' -x
	refuses '--audit: there is no such option' --audit=1 true
	refuses '--rule: expected a value' --rule
}

@test "poisonrun: help and version" {
	run -0 --separate-stderr poisonrun --help
	[[ $output == 'usage: poisonrun '* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr poisonrun --version
	[[ $output =~ ^poisonrun\ [0-9.]+$ ]]
	run -0 poisonrun --framings
	[[ $'\n'$output$'\n' == *$'\nredis\n'* ]]
	for name in $output; do
		run -0 poisonrun --framing "$name" true
	done
}
