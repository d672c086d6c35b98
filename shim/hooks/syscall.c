#include <pthread.h>
#include <sys/syscall.h>

#include "../memory.h"
#include "../sandbox.h"
#include "../wait.h"
#include "after.h"

/*
 * syscall(): what has a hook by its name has one by its number. Two things are different: syscall() is no
 * cancellation point, so nothing here may be one; and a number that we do not know is left to libc by a jump,
 * with the stack as it was, because some (clone) come back twice.
 */

#define PARAMETERS long number, long a, long b, long c, long d, long e, long f
#define ARGUMENTS number, a, b, c, d, e, f

#ifndef RWF_NOWAIT /* musl */
#define RWF_NOWAIT 8
#endif

/* The select of i386 takes one pointer to its arguments; libc has not called it since Linux 2. */
#ifdef SYS__newselect
#define SELECT_BY_NUMBER SYS__newselect
#elif defined(SYS_select)
#define SELECT_BY_NUMBER SYS_select
#endif

/*
 * libc's is variadic, and a caller passes as many arguments as the call has. Those behind the registers, if
 * there are any, lie in the caller's frame: they are read where they would be, and never written, as a
 * parameter of ours could be.
 */
#define STACKED(n) (((const long *)__builtin_dwarf_cfa())[n])

#if defined(__x86_64__)
#define REGISTERS long number, long a, long b, long c, long d, long e
#define IN_REGISTERS number, a, b, c, d, e
#define OTHERS long f = STACKED(0);
#elif defined(__i386__)
#define REGISTERS long number
#define IN_REGISTERS number
#define OTHERS \
	long a = STACKED(1), b = STACKED(2), c = STACKED(3), d = STACKED(4), e = STACKED(5), f = STACKED(6);
#elif defined(__arm__)
#define REGISTERS long number, long a, long b, long c
#define IN_REGISTERS number, a, b, c
#define OTHERS long d = STACKED(0), e = STACKED(1), f = STACKED(2);
#else /* aarch64, riscv64, loongarch64, powerpc64 */
#define REGISTERS PARAMETERS
#define IN_REGISTERS ARGUMENTS
#define OTHERS
#endif

typedef long register_call(REGISTERS);

HOOK LEAVES_BY_JUMP long hook_syscall(REGISTERS) __asm__("syscall");

static void *pointer(long argument)
{
	return (void *)argument; /* NOLINT(performance-no-int-to-ptr) */
}

struct numbered {
	struct call call;
	struct offer_file file;
};

static void offer(struct numbered *numbered, long fd, long flags, enum offer_shape shape, long base,
		  long count)
{
	numbered->call.fd = (int)fd;
	numbered->call.flags = (int)flags;
	numbered->call.offer = (struct offer){shape, pointer(base), (size_t)count};
}

static void offer_file(struct numbered *numbered, long fd, long in, long offset, size_t offset_size,
		       long count)
{
	offer(numbered, fd, 0, OFFER_FILE, 0, count);
	numbered->file = (struct offer_file){(int)in, pointer(offset), offset_size, -1};
	numbered->call.offer.base = &numbered->file;
}

/* What a call offers, and to which fd; false if it writes nothing. */
static bool find_offer(struct numbered *to, PARAMETERS)
{
	(void)e;
	switch (number) {
	case SYS_write:
		return offer(to, a, 0, OFFER_FLAT, b, c), true;
	case SYS_writev:
		return offer(to, a, 0, OFFER_VECTOR, b, c), true;
#ifdef SYS_pwritev2
	case SYS_pwritev2:
		return offer(to, a, f & RWF_NOWAIT ? MSG_DONTWAIT : 0, OFFER_VECTOR, b, c), true;
#endif
#ifdef SYS_send
	case SYS_send:
#endif
	case SYS_sendto:
		return offer(to, a, d, OFFER_FLAT, b, c), true;
	case SYS_sendmsg:
		return offer(to, a, c, OFFER_MESSAGE, b, 1), true;
	case SYS_sendmmsg:
		return offer(to, a, d, OFFER_MESSAGES, b, c), true;
	case SYS_sendfile:
		return offer_file(to, a, b, c, sizeof(long), d), true;
#ifdef SYS_sendfile64
	case SYS_sendfile64:
		return offer_file(to, a, b, c, sizeof(off64_t), d), true;
#endif
	case SYS_splice:
		return offer(to, c, HOOK_SPLICE_FLAGS(f), OFFER_UNSEEN, 0, 0), true;
	case SYS_tee:
		return offer(to, b, HOOK_SPLICE_FLAGS(d), OFFER_UNSEEN, 0, 0), true;
	case SYS_vmsplice:
		return offer(to, a, HOOK_SPLICE_FLAGS(d), OFFER_VECTOR, b, c), true;
	default:
		return false;
	}
}

static bool enter(struct call *call)
{
	int cancel;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	bool entered = stream_enter(call);
	pthread_setcancelstate(cancel, NULL);
	return entered;
}

static __attribute__((noinline)) long write_by_number(PARAMETERS, uintptr_t frame)
{
	struct numbered numbered = {.call = {.frame = frame}};
	struct call *call = &numbered.call;

	find_offer(&numbered, ARGUMENTS);
	call->stream = fdtable_lookup(call->fd);
	if (call->stream && !enter(call))
		return -1;
	numbered.file.returned = real.syscall(ARGUMENTS);
	return stream_leave(call, numbered.file.returned);
}

static __attribute__((noinline)) long close_by_number(PARAMETERS)
{
	struct stream *closing = fdtable_closing((int)a);
	long result = real.syscall(ARGUMENTS);

	fdtable_closed((int)a, closing);
	return result;
}

static __attribute__((noinline)) long close_range_by_number(PARAMETERS)
{
	if (c)
		return real.syscall(ARGUMENTS);
	fdtable_closing_range((unsigned int)a, (unsigned int)b);
	long result = real.syscall(ARGUMENTS);
	fdtable_closed_range((unsigned int)a, (unsigned int)b);
	return result;
}

static __attribute__((noinline)) long forward_by_number(PARAMETERS)
{
	long result = real.syscall(ARGUMENTS);
	int fd = (int)a, value = (int)result;

	switch (number) {
	case SYS_dup:
#ifdef SYS_dup2
	case SYS_dup2:
#endif
	case SYS_dup3:
		after_dup(fd, value);
		break;
#ifdef SYS_fcntl64
	case SYS_fcntl64:
#endif
	case SYS_fcntl:
		after_fcntl(fd, (int)b, value);
		break;
	case SYS_socket:
		after_socket((int)a, (int)b, (int)c, value);
		break;
	case SYS_socketpair:
		after_socketpair((int)a, (int)b, (int)c, pointer(d), value);
		break;
#ifdef SYS_accept
	case SYS_accept:
#endif
	case SYS_accept4:
		after_accept(fd, value);
		break;
	case SYS_connect:
		after_connect(fd, pointer(b), (socklen_t)c, value);
		break;
	case SYS_shutdown:
		after_shutdown(fd, (int)b, value);
		break;
	case SYS_setsockopt:
		after_setsockopt(fd, (int)b, (int)c, value);
		break;
	case SYS_recvmsg:
		after_recvmsg(pointer(b), result);
		break;
	case SYS_recvmmsg:
#ifdef SYS_recvmmsg_time64
	case SYS_recvmmsg_time64:
#endif
		after_recvmmsg(pointer(b), value);
		break;
#ifdef SYS_pipe
	case SYS_pipe:
#endif
	case SYS_pipe2:
		after_pipe(pointer(a), value);
		break;
	case SYS_sigaltstack:
		after_sigaltstack(pointer(a), value);
		break;
#ifdef SYS_pidfd_getfd
	case SYS_pidfd_getfd:
		fdtable_received(value);
		break;
#endif
	default:
		fdtable_created(value);
	}
	return result;
}

/* timespec or timeval, of two of the kernel's words. */
static bool is_patient(long timeout, size_t word)
{
	static const int64_t none[2] = {0};

	return memory_readable(pointer(timeout), 2 * word) < 2 * word ||
	       memcmp(pointer(timeout), none, 2 * word) != 0;
}

static long poll_by_number(PARAMETERS, bool patient)
{
	long result = real.syscall(ARGUMENTS);

	if (patient && wait_was_in_vain((int)result))
		wait_polled(pointer(a), (nfds_t)b, (int)result);
	return result;
}

static long select_by_number(PARAMETERS, bool patient)
{
	struct wait_set asked;

	wait_keep(&asked, pointer(c), (int)a);
	long result = real.syscall(ARGUMENTS);
	if (patient && wait_was_in_vain((int)result))
		wait_selected(&asked, (int)result);
	return result;
}

static __attribute__((noinline)) long wait_by_number(PARAMETERS)
{
	switch (number) {
#ifdef SYS_poll
	case SYS_poll:
		return poll_by_number(ARGUMENTS, c != 0);
#endif
	case SYS_ppoll:
		return poll_by_number(ARGUMENTS, is_patient(c, sizeof(long)));
#ifdef SYS_ppoll_time64
	case SYS_ppoll_time64:
		return poll_by_number(ARGUMENTS, is_patient(c, sizeof(int64_t)));
	case SYS_pselect6_time64:
		return select_by_number(ARGUMENTS, is_patient(e, sizeof(int64_t)));
#endif
	default:
		return select_by_number(ARGUMENTS, is_patient(e, sizeof(long)));
	}
}

/* libseccomp has no other way to install a filter. One for every thread that failed for one of them says its
 * number. */
static __attribute__((noinline)) long sandbox_by_number(PARAMETERS)
{
	const unsigned long asked[] = {(unsigned long)a, (unsigned long)b, (unsigned long)c};
	bool begun = sandbox_asked_by_syscall(number, asked) && sandbox_begin();
	long result = real.syscall(ARGUMENTS);

	if (begun)
		sandbox_settle(result >= 0);
	return result;
}

enum kind { KIND_OTHER, KIND_CHILDREN, KIND_WRITES, KIND_CLOSES, KIND_CHANGES, KIND_WAITS, KIND_SANDBOXES };

static enum kind kind_of(long number)
{
	switch (number) {
	case SYS_write:
	case SYS_writev:
#ifdef SYS_pwritev2
	case SYS_pwritev2:
#endif
#ifdef SYS_send
	case SYS_send:
#endif
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_sendfile:
#ifdef SYS_sendfile64
	case SYS_sendfile64:
#endif
	case SYS_splice:
	case SYS_tee:
	case SYS_vmsplice:
		return KIND_WRITES;
	case SYS_close:
#ifdef SYS_close_range
	case SYS_close_range:
#endif
		return KIND_CLOSES;
	case SYS_dup:
#ifdef SYS_dup2
	case SYS_dup2:
#endif
	case SYS_dup3:
#ifdef SYS_fcntl64
	case SYS_fcntl64:
#endif
	case SYS_fcntl:
	case SYS_socket:
	case SYS_socketpair:
#ifdef SYS_accept
	case SYS_accept:
#endif
	case SYS_accept4:
	case SYS_connect:
	case SYS_shutdown:
	case SYS_setsockopt:
	case SYS_sigaltstack:
	case SYS_recvmsg:
	case SYS_recvmmsg:
#ifdef SYS_recvmmsg_time64
	case SYS_recvmmsg_time64:
#endif
#ifdef SYS_pipe
	case SYS_pipe:
#endif
	case SYS_pipe2:
#ifdef SYS_open
	case SYS_open:
	case SYS_creat:
	case SYS_eventfd:
	case SYS_epoll_create:
	case SYS_inotify_init:
	case SYS_signalfd:
#endif
	case SYS_openat:
#ifdef SYS_openat2
	case SYS_openat2:
#endif
	case SYS_eventfd2:
	case SYS_epoll_create1:
	case SYS_inotify_init1:
	case SYS_signalfd4:
	case SYS_timerfd_create:
	case SYS_memfd_create:
	case SYS_fanotify_init:
#ifdef SYS_pidfd_open
	case SYS_pidfd_open:
#endif
#ifdef SYS_pidfd_getfd
	case SYS_pidfd_getfd:
#endif
		return KIND_CHANGES;
#ifdef SYS_poll
	case SYS_poll:
#endif
#ifdef SELECT_BY_NUMBER
	case SELECT_BY_NUMBER:
#endif
#ifdef SYS_ppoll_time64
	case SYS_ppoll_time64:
	case SYS_pselect6_time64:
#endif
	case SYS_ppoll:
	case SYS_pselect6:
		return wait_is_watched() ? KIND_WAITS : KIND_OTHER;
	case SYS_prctl:
	case SYS_seccomp:
		return KIND_SANDBOXES;
#ifdef SYS_vfork
	case SYS_vfork:
#endif
#ifdef SYS_clone3
	case SYS_clone3:
#endif
	case SYS_clone:
		return KIND_CHILDREN;
	default:
		return KIND_OTHER;
	}
}

static __attribute__((noinline)) long by_number(enum kind kind, PARAMETERS, uintptr_t frame)
{
	switch (kind) {
	case KIND_WRITES:
		return write_by_number(ARGUMENTS, frame);
	case KIND_CLOSES:
		return number == SYS_close ? close_by_number(ARGUMENTS) : close_range_by_number(ARGUMENTS);
	case KIND_CHANGES:
		return forward_by_number(ARGUMENTS);
	case KIND_WAITS:
		return wait_by_number(ARGUMENTS);
	default:
		return sandbox_by_number(ARGUMENTS);
	}
}

long hook_syscall(REGISTERS)
{
	enum kind kind = kind_of(number);

	if (kind >= KIND_WRITES) {
		OTHERS
		return by_number(kind, ARGUMENTS, HOOK_CALLER);
	}
	if (kind == KIND_CHILDREN)
		process_is_ours(); /* as vfork */
	return ((register_call *)(void (*)(void))real.syscall)(IN_REGISTERS);
}
