#!/usr/bin/env bats
# Life under LD_PRELOAD, without a launcher: programs of every kind, and code that runs before ours.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

same_as_bare() {
	local bare
	bare=$("$@")
	run -0 --separate-stderr guarded "$@"
	[ "$output" = "$bare" ]
	[ -z "$stderr" ]
}

@test "preload: it guards" {
	run -0 /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = unguarded ]
	run -0 --separate-stderr guarded /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = EPIPE ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == poisonshim\[*\]\ python3:\ poisoned:\ fd\ *\ unix\ * ]]
}

@test "preload: a shell pipeline" {
	same_as_bare sh -c 'seq 100000 | sort -rn | head -3; (exit 3) || echo $?; x=$(echo y); echo "$x"'
	same_as_bare bash -c 'exec 5<>/dev/null; echo x >&5; diff <(seq 5) <(seq 6) | tail -1; coproc cat; echo hi >&"${COPROC[1]}"; read -ru "${COPROC[0]}" line; echo "$line"'
}

@test "preload: ls, perl, python" {
	same_as_bare ls -l /etc
	same_as_bare perl -MSocket -e 'socketpair(A, B, AF_UNIX, SOCK_STREAM, PF_UNSPEC); syswrite A, "hi"; sysread B, $x, 9; print "$x\n"; print `echo sub`'
	same_as_bare /usr/bin/python3 -c 'import subprocess; print(subprocess.run(["echo", "x"], capture_output=True).stdout)'
}

@test "preload: exit statuses and signals come through" {
	run -3 guarded sh -c 'exit 3'
	run -143 guarded sh -c 'kill -TERM $$'
	run -141 guarded bash -c 'set -o pipefail; yes | head -1 >/dev/null'
}

@test "preload: standard fds that are closed" {
	guarded sh -c 'exit 0' <&- >&- 2>&-
	# A connection that gets such a number is a standard fd, as any.
	run -0 without_stderr guarded /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = unguarded ]
	run -0 without_stderr guarded POISONSHIM_RULES=fd:0-9=call /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[ "$output" = EPIPE ]
}

@test "preload: no fd is taken" {
	same_as_bare sh -c 'ls /proc/$$/fd'
}

@test "preload: no environment variable is added or lost" {
	run -0 --separate-stderr guarded env
	[ "$(grep -v '^_=' <<<"$output" | sort)" = "$( (env; echo "LD_PRELOAD=$library") | grep -v '^_=' | sort)" ]
}

early_code() {
	cat >"$BATS_TEST_TMPDIR/early.c" <<-'END'
		#include <errno.h>
		#include <stdlib.h>
		#include <sys/socket.h>
		#include <unistd.h>

		static char got[16];

		static void use_a_stream(void)
		{
			int pair[2], copy;

			if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || (copy = dup(pair[0])) < 0 ||
			    write(pair[0], "early", 5) != 5 || send(copy, "bird", 4, 0) != 4 ||
			    read(pair[1], got, 16) != 9 || write(-1, "", 0) != -1 || errno != EBADF ||
			    close(pair[0]) != 0 || close(copy) != 0 || close(pair[1]) != 0)
				_exit(99);
		}
	END
}

@test "preload: another library's constructor and destructor write before ours and behind us" {
	early_code
	cat >>"$BATS_TEST_TMPDIR/early.c" <<-'END'
		__attribute__((constructor(101))) static void first(void) { use_a_stream(); }
		__attribute__((destructor)) static void last(void) { use_a_stream(); }
	END
	early=$(compile "$BATS_TEST_TMPDIR/early.c" -shared -fPIC)
	LD_PRELOAD="$library $early" run -0 /bin/ls /
	[ -n "$output" ]
	LD_PRELOAD="$early $library" run -0 /bin/ls /
	[ -n "$output" ]
}

@test "preload: the program's preinit_array writes before any constructor" {
	early_code
	cat >>"$BATS_TEST_TMPDIR/early.c" <<-'END'
		static void before_all(void) { use_a_stream(); }
		__attribute__((section(".preinit_array"), used)) static void (*array)(void) = before_all;
		int main(void) { use_a_stream(); return got[0] != 'e'; }
	END
	early=$(compile "$BATS_TEST_TMPDIR/early.c")
	run -0 guarded "$early"
}

@test "preload: what was written before the guard was up does not matter to it" {
	early_code
	cat >>"$BATS_TEST_TMPDIR/early.c" <<-'END'
		static int pair[2];
		static char big[1 << 20];

		static void before_all(void)
		{
			use_a_stream();
			if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || send(pair[0], big, 3, 0) != 3)
				_exit(98);
		}
		__attribute__((section(".preinit_array"), used)) static void (*array)(void) = before_all;

		int main(void)
		{
			return !(send(pair[0], big, sizeof(big), MSG_DONTWAIT) > 0 &&
				 send(pair[0], "another", 7, MSG_DONTWAIT) == -1 && errno == EPIPE);
		}
	END
	early=$(compile "$BATS_TEST_TMPDIR/early.c")
	run -0 guarded "$early"
}

@test "preload: a program that cleared its environment stays guarded" {
	run -0 guarded POISONSHIM_LOG=off POISONSHIM_FRAMING=call /usr/bin/python3 -IS -c \
		"import os, runpy; os.environ.clear(); os.unsetenv('POISONSHIM_LOG'); runpy.run_path('$BATS_TEST_DIRNAME/abandon.py')"
	[ "$output" = EPIPE ]
}

@test "preload: twice is once" {
	cp "$library" "$BATS_TEST_TMPDIR/second.so"
	LD_PRELOAD="$library $library" run -0 /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[[ $output == *EPIPE* ]]
	LD_PRELOAD="$library $BATS_TEST_TMPDIR/second.so" run -0 /usr/bin/python3 -IS "$BATS_TEST_DIRNAME/abandon.py"
	[[ $output == *EPIPE* ]]
}
