# Sourced by the tests of poisonrun: programs of every kind, built once a file, in $kinds.

# build NAME COMPILER [FLAG...]: program $kinds/NAME, which says how the loader started it.
build() {
	"${@:2}" -o "$kinds/$1" "$kinds/program.c"
}

# build_kinds [NAME...]: these, or all.
build_kinds() {
	local name
	kinds=$BATS_FILE_TMPDIR
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/file "$kinds" 2>/dev/null || chmod a+rx "$BATS_RUN_TMPDIR" "$kinds"
	cat >"$kinds/program.c" <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#ifdef GO
		__asm__(".pushsection .note.go.buildid,\"a\",@note\n.int 4, 4, 4\n.asciz \"Go\\0\"\n.asciz \"id!\"\n.popsection");
		#endif
		int main(void)
		{
			char line[4096];
			int guarded = 0;
			FILE *maps = fopen("/proc/self/maps", "r");

			while (fgets(line, sizeof(line), maps))
				guarded |= strstr(line, "libpoisonshim.so") != 0;
			fclose(maps);
			puts(guarded ? "guarded" : "unguarded");
			return 0;
		}
	END
	[ $# -gt 0 ] || set -- plain static static-pie asan go static-go musl i386
	for name; do
		case $name in
		plain) build plain gcc ;;
		static) build static gcc -static ;;
		static-pie) build static-pie gcc -static-pie ;;
		asan) build asan gcc -fsanitize=address ;;
		go) build go gcc -DGO ;;
		static-go) build static-go gcc -DGO -static ;;
		musl) build musl musl-gcc ;;
		i386) build i386 i686-linux-gnu-gcc ;;
		esac
	done
}

poisonrun() {
	timeout 60 "$top/scripts/poisonrun" "$@"
}

# starts ARGUMENT...: the program runs, guarded, and nothing is said.
starts() {
	run -0 --separate-stderr poisonrun "$@"
	[ "$output" = guarded ]
	[ -z "$stderr" ]
}

# refuses TEXT ARGUMENT...: status 2 and one line with that text, nothing runs.
refuses() {
	local text=$1
	shift
	run -2 --separate-stderr poisonrun "$@"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "poisonrun: "*"$text"* ]]
}

# cannot TEXT PROGRAM: refused, by --check too; forced it runs, with the same line as a warning, and without a guard.
cannot() {
	refuses "$1" "$2"
	[[ $stderr == *'; --force runs it all the same' ]]
	run -0 --separate-stderr poisonrun --force "$2"
	[ "$output" = unguarded ]
	[[ $stderr == "poisonrun: warning: "*"$1"* ]]
	check_says_no "$1" "$2"
}

check_says_no() {
	run -2 --separate-stderr poisonrun --check "$2"
	[ -z "$stderr" ]
	[[ $output == *" NO  "*"$1"* ]]
	[[ ${lines[-1]} == *' cannot be guarded' ]]
}
