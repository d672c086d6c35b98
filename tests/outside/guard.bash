# Sourced by the tests: the library, and how to run a program under it.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
library=${GUARD_LIBRARY:-$(realpath "${SHIM_LIBRARY:-$top/build/libpoisonshim.so}")}

# bats reads this file more than once, each time in the environment that the time before left. Nothing of the caller's
# configuration reaches the programs under test.
export GUARD_LIBRARY=$library
for name in $(compgen -v POISONSHIM_); do
	unset "$name"
done

# guarded [NAME=VALUE...] PROGRAM [ARGUMENT...]
guarded() {
	timeout 60 env LD_PRELOAD="$library" "$@"
}

# compile FILE.c [FLAG...]: prints the path of what was built beside it.
compile() {
	local source=$1
	shift
	"${CC:-gcc}" -o "${source%.c}" "$source" "$@" && echo "${source%.c}"
}

without_stderr() {
	"$@" 2>&-
}

with_full_stderr() {
	"$@" 2>/dev/full
}
