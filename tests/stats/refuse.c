/* A kernel and file systems of another kind: REFUSE names what does not work. */

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>

static bool refused(const char *what)
{
	const char *wanted = getenv("REFUSE");

	return wanted && strcmp(wanted, what) == 0;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	void *(*real)(void *, size_t, int, int, int, off_t);

	*(void **)&real = next("mmap");
	if ((flags & MAP_SHARED) && refused(offset ? "rows" : "head")) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return real(address, length, protection, flags, fd, offset);
}

int flock(int fd, int operation)
{
	int (*real)(int, int);

	*(void **)&real = next("flock");
	if (refused("lock")) {
		errno = ENOLCK;
		return -1;
	}
	/* As over NFS: the lock went when another fd of the file was closed. */
	return refused("lasting lock") ? 0 : real(fd, operation);
}

__typeof__(mmap) mmap64 __attribute__((alias("mmap")));
