#include "stdio_jumps.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "../sandbox.h"
#include "hook.h"

/*
 * stdio writes inside libc, where no hook is. glibc keeps the functions of a FILE in two tables, one for
 * bytes and one for wide characters, and exports both, and what stands in them. They become ours in their
 * places for write and close: of every FILE, stdout and that of dprintf (before 2.37) too, until the last
 * flush at exit, while fileno and all else stays glibc's. (A FILE from fopencookie has no fileno and no wide
 * characters; and hooks of fwrite, fprintf, ... would not see when a buffer goes out.) Each place is changed
 * only if just the function that we know stands in it; with another libc, or one that has moved it, fdopen
 * turns the guard off instead.
 */

static bool ours;

bool stdio_jumps_are_ours(void)
{
	return ours;
}

/* From glibc 2.37 on it has no FILE any more (stdio-common/printf_buffer_flush.c). */
bool stdio_jumps_serve_dprintf(void)
{
#ifdef __GLIBC__
	const char *version = gnu_get_libc_version();

	return ours && version[0] == '2' && version[1] == '.' && strtol(version + 2, NULL, 10) < 37;
#else
	return false;
#endif
}

#ifdef __GLIBC__

/* struct _IO_jump_t, libio/libioP.h: part of the ABI since glibc 2.1. */
enum { JUMP_WRITE = 15, JUMP_CLOSE = 17 };

/* libio/libio.h, libio/libioP.h. */
#define FLAG_ERROR 0x20
#define FLAG2_NO_CANCEL 2

typedef ssize_t write_function(FILE *file, const void *bytes, ssize_t length);
typedef int close_function(FILE *file);

static write_function *libc_write;
static close_function *libc_close;

/* As glibc's _IO_new_file_write, but through our write. */
static ssize_t write_all(FILE *file, const char *bytes, ssize_t length)
{
	ssize_t left = length;

	while (left > 0) {
		ssize_t n = write(file->_fileno, bytes, (size_t)left);

		if (n < 0) {
			file->_flags |= FLAG_ERROR;
			break;
		}
		bytes += n;
		left -= n;
	}
	if (file->_offset >= 0)
		file->_offset += length - left;
	return length - left;
}

static ssize_t jump_write(FILE *file, const void *bytes, ssize_t length)
{
	int cancel;

	if (fdtable_is_unguarded(fdtable_slot(file->_fileno)))
		return libc_write(file, bytes, length);
	if (!(file->_flags2 & FLAG2_NO_CANCEL))
		return write_all(file, bytes, length);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	ssize_t written = write_all(file, bytes, length);
	pthread_setcancelstate(cancel, NULL);
	return written;
}

static int jump_close(FILE *file)
{
	int fd = file->_fileno;
	struct stream *closing = fdtable_closing(fd);
	int result = libc_close(file);

	fdtable_closed(fd, closing);
	return result;
}

static bool make_writable(void *place, int protection)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	return mprotect((void *)((uintptr_t)place & ~(page - 1)), sizeof(void *), protection) == 0;
}

/* The tables are read-only after relocation. */
static bool replace(void *place, void *function)
{
	if (!make_writable(place, PROT_READ | PROT_WRITE))
		return false;
	__atomic_store_n((void **)place, function, __ATOMIC_RELEASE);
	return make_writable(place, PROT_READ);
}

static bool take_table(const char *name)
{
	void **table = dlsym(RTLD_DEFAULT, name);
	void *in_write = dlsym(RTLD_DEFAULT, "_IO_file_write");
	void *in_close = dlsym(RTLD_DEFAULT, "_IO_file_close");

	if (!table || table[JUMP_WRITE] != in_write || table[JUMP_CLOSE] != in_close)
		return false;
	*(void **)&libc_write = in_write;
	*(void **)&libc_close = in_close;
	return replace(&table[JUMP_WRITE], (void *)(uintptr_t)jump_write) &&
	       replace(&table[JUMP_CLOSE], (void *)(uintptr_t)jump_close);
}

__attribute__((constructor)) static void take_tables(void)
{
	int saved = errno;

	if (sandbox_holds())
		return;
	ours = take_table("_IO_file_jumps");
	ours &= take_table("_IO_wfile_jumps");
	errno = saved;
}

#endif
