#include "hook.h"

#define SENDFILE(name, offset_type)                                                                         \
	static __attribute__((noinline)) ssize_t slow_##name(int fd, int in, offset_type *offset,           \
							     size_t count, uintptr_t slot, uintptr_t frame) \
	{                                                                                                   \
		struct offer_file file = {in, offset, sizeof(*offset), -1};                                 \
		struct call call = HOOK_CALL(slot, fd, 0, OFFER_FILE, &file, count, frame);                 \
                                                                                                            \
		if (call.stream && !stream_enter(&call))                                                    \
			return -1;                                                                          \
		file.returned = real.name(fd, in, offset, count);                                           \
		return stream_leave(&call, file.returned);                                                  \
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
