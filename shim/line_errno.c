#include "line.h"

#include <errno.h>

/* What the calls that send bytes or open a log return. strerror() may allocate, and musl has no
 * strerrorname_np(). */
#define ERRNO_NAMES(X)   \
	X(EACCES)        \
	X(EADDRNOTAVAIL) \
	X(EAFNOSUPPORT)  \
	X(EAGAIN)        \
	X(EALREADY)      \
	X(EBADF)         \
	X(EBUSY)         \
	X(ECONNABORTED)  \
	X(ECONNREFUSED)  \
	X(ECONNRESET)    \
	X(EDESTADDRREQ)  \
	X(EDQUOT)        \
	X(EEXIST)        \
	X(EFAULT)        \
	X(EFBIG)         \
	X(EHOSTDOWN)     \
	X(EHOSTUNREACH)  \
	X(EINPROGRESS)   \
	X(EINTR)         \
	X(EINVAL)        \
	X(EIO)           \
	X(EISCONN)       \
	X(EISDIR)        \
	X(EKEYEXPIRED)   \
	X(ELOOP)         \
	X(EMFILE)        \
	X(EMSGSIZE)      \
	X(ENAMETOOLONG)  \
	X(ENETDOWN)      \
	X(ENETRESET)     \
	X(ENETUNREACH)   \
	X(ENFILE)        \
	X(ENOBUFS)       \
	X(ENODEV)        \
	X(ENOENT)        \
	X(ENOLCK)        \
	X(ENOMEM)        \
	X(ENOPROTOOPT)   \
	X(ENOSPC)        \
	X(ENOSYS)        \
	X(ENOTCONN)      \
	X(ENOTDIR)       \
	X(ENOTSOCK)      \
	X(ENXIO)         \
	X(EOPNOTSUPP)    \
	X(EPERM)         \
	X(EPIPE)         \
	X(EPROTO)        \
	X(EROFS)         \
	X(ESHUTDOWN)     \
	X(ETIMEDOUT)     \
	X(ETXTBSY)

#define ERRNO_ROW(name) {name, #name},

static const struct {
	int number;
	char name[16];
} errno_names[] = {ERRNO_NAMES(ERRNO_ROW)};

void line_errno(struct line *line, int number)
{
	for (size_t i = 0; i < sizeof(errno_names) / sizeof(errno_names[0]); i++)
		if (errno_names[i].number == number) {
			line_text(line, errno_names[i].name);
			return;
		}
	line_text(line, "errno ");
	line_number(line, (uint64_t)(uint32_t)number);
}
