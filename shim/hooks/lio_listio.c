#include "hook.h"

/* musl says so. */
#ifdef __GLIBC__
#define ELEMENT const
#else
#define ELEMENT restrict const
#endif

#define LIO_LISTIO(name, block)                                                                 \
	HOOK int name(int mode, struct block *ELEMENT *list, int count, struct sigevent *event) \
	{                                                                                       \
		for (int i = 0; i < count; i++)                                                 \
			if (list[i] && list[i]->aio_lio_opcode == LIO_WRITE)                    \
				fdtable_unsee(list[i]->aio_fildes,                              \
					      "lio_listio sends bytes that cannot be seen");    \
		return real.name(mode, (struct block *const *)list, count, event);              \
	}

LIO_LISTIO(lio_listio, aiocb)

#ifdef __GLIBC__
#undef lio_listio64
LIO_LISTIO(lio_listio64, aiocb64)
#endif
