#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../memory.h"
#include "hook.h"

/* Where the kernel will read, and how many bytes are there: at the end of the file it sends fewer than asked,
 * and that is no short write. */
static size_t find_file(int in, bool has_offset, off_t offset, size_t count, struct offer_file *file)
{
	struct stat stat;
	int saved = errno;

	*file = (struct offer_file){in, has_offset ? offset : lseek(in, 0, SEEK_CUR)};
	if (fstat(in, &stat) == 0 && S_ISREG(stat.st_mode)) {
		off_t left = stat.st_size > file->position ? stat.st_size - file->position : 0;

		if (count > (uint64_t)left)
			count = (size_t)left;
	}
	errno = saved;
	return count;
}

#define SENDFILE(name, offset_type)                                                                         \
	static __attribute__((noinline)) ssize_t slow_##name(int fd, int in, offset_type *offset,           \
							     size_t count, uintptr_t slot, uintptr_t frame) \
	{                                                                                                   \
		bool readable = offset && memory_readable(offset, sizeof(*offset)) == sizeof(*offset);      \
		struct offer_file file;                                                                     \
		size_t offered = find_file(in, offset, readable ? (off_t)*offset : 0, count, &file);        \
		struct call call = HOOK_CALL(slot, fd, 0, OFFER_FILE, &file, offered, frame);               \
                                                                                                            \
		if (call.stream && !stream_enter(&call))                                                    \
			return -1;                                                                          \
		return stream_leave(&call, real.name(fd, in, offset, count));                               \
	}                                                                                                   \
                                                                                                            \
	HOOK ssize_t name(int fd, int in, offset_type *offset, size_t count)                                \
	{                                                                                                   \
		uintptr_t slot = fdtable_slot(fd);                                                          \
                                                                                                            \
		if (fdtable_is_unguarded(slot))                                                             \
			return real.name(fd, in, offset, count);                                            \
		return slow_##name(fd, in, offset, count, slot, HOOK_CALLER);                               \
	}

SENDFILE(sendfile, off_t)

#ifdef __GLIBC__
#undef sendfile64
SENDFILE(sendfile64, off64_t)
#endif
