#!/usr/bin/env bats
# The README's commands do what it says, in the order in which a new user meets them.

# shellcheck disable=SC2154,SC2016
bats_require_minimum_version 1.5.0
load guard.bash

# The directory of a new user: a clone where make has run, and a program that is cut and goes on.
setup() {
	here=$BATS_TEST_TMPDIR/clone
	mkdir -p "$here"
	ln -s "$top"/{scripts,shim,tests,README.md} "$here"
	ln -s "$(dirname "$library")" "$here/build"
	{
		echo '#!/usr/bin/python3 -IS'
		cat "$BATS_TEST_DIRNAME/abandon.py"
	} >"$here/app"
	chmod 755 "$here/app"
	printf '*1\r\n$4\r\nPING\r\n' >"$here/captured-by-one-side"
}

# commands FROM TO: those between two headings, as they stand there, but for where the logs are.
commands() {
	sed -n "/^## $1/,/^## $2/p" "$top/README.md" | grep -E '^(\$ )?scripts/' |
		sed -E "s/^\\\$ //; s|/tmp/app.json\|/var/log/app.json|$BATS_TEST_TMPDIR/app.json|"
}

@test "README: its own program's first events, in a page, by three commands" {
	cd "$here"
	mapfile -t lines_of_it < <(commands 'Your own program' 'Into production')
	[ "${#lines_of_it[@]}" -eq 3 ]
	run -0 bash -c "${lines_of_it[0]}"
	[[ $output == *'./app can be guarded' ]]
	run -0 bash -c "${lines_of_it[1]}"
	[ "$output" = unguarded ]
	run -0 bash -c "${lines_of_it[2]}"
	grep -F 'would have been refused on the same connection' report.html
}

@test "README: the steps into production, each of which starts the program" {
	cd "$here"
	mapfile -t lines_of_it < <(commands 'Into production' 'Which framing')
	[ "${#lines_of_it[@]}" -eq 5 ]
	said=()
	for command in "${lines_of_it[@]:0:4}"; do
		run -0 --separate-stderr bash -c "$command"
		said+=("$output")
	done
	[ "${said[*]}" = 'unguarded unguarded EPIPE EPIPE' ]
	run -78 bash -c "${lines_of_it[4]}"
	grep -Fx "$output" "$top/README.md"
}

@test "README: while all is well the log of step 1 stays empty" {
	cd "$here"
	cat >app <<-'PYTHON'
		#!/usr/bin/python3 -IS
		import socket
		one, other = socket.socketpair()
		one.sendall(b"whole\n")
		one.close()
		print(other.recv(6))
	PYTHON
	run -0 --separate-stderr bash -c "$(commands 'Into production' 'Which framing' | head -1)"
	[ -z "$stderr" ]
	[ ! -s "$BATS_TEST_TMPDIR/app.json" ]
}

@test "README: a framing on a capture" {
	cd "$here"
	run -0 bash -c "$(commands 'Which framing' 'In your own program')"
	[[ $output == *'1 message in 14 bytes'* ]]
}

@test "README: files and headings that it points to are there" {
	for path in $(grep -oE '\b(scripts|shim|tests)/[A-Za-z0-9_./-]*[A-Za-z0-9]' "$top/README.md" | sort -u); do
		[ -e "$top/$path" ]
	done
	for heading in $(grep -oE '\(#[a-z-]+\)' "$top/README.md" | tr -d '()#' | sort -u); do
		sed -n 's/^##* //p' "$top/README.md" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z\n-' | grep -Fx "$heading"
	done
	for page in $(grep -oE '\b(poison[a-z-]*)\.[137]\b' "$top/README.md" | sort -u); do
		[ -n "$(find "$top/shim" "$top/scripts" -maxdepth 1 -name "$page")" ]
	done
	for target in $(grep -oE '(`|^)make [a-z][a-z-]*' "$top/README.md" | sed 's/.* //' | sort -u); do
		grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" "$top/Makefile" "$top"/scripts/*.mk "$top"/tests/*/build.mk
	done
}
