#include "hook.h"

/* glibc writes on a thread of its own, musl too. */
#define AIO_REASON "aio_write sends bytes that cannot be seen"

HOOK int aio_write(struct aiocb *control)
{
	fdtable_unsee(control->aio_fildes, AIO_REASON);
	return real.aio_write(control);
}

#ifdef __GLIBC__
#undef aio_write64
HOOK int aio_write64(struct aiocb64 *control)
{
	fdtable_unsee(control->aio_fildes, AIO_REASON);
	return real.aio_write64(control);
}
#endif
