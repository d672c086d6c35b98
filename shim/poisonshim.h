#ifndef POISONSHIM_API_H
#define POISONSHIM_API_H

/*
 * For programs that can say where their messages begin and end; poisonshim(3). They need not be linked with
 * anything: without libpoisonshim.so in LD_PRELOAD every function does nothing and returns 0. C99, C++11.
 */

#ifdef __cplusplus
#include <cerrno>
#include <system_error>
extern "C" {
#else
#include <errno.h>
#endif

/* What a connection is. A new message may begin in the first three. */
enum poisonshim_state {
	POISONSHIM_NONE = 0,	 /* not guarded, or there is no guard */
	POISONSHIM_CLEAN = 1,	 /* at a message boundary */
	POISONSHIM_OFF = 2,	 /* not guarded any more; the log says why */
	POISONSHIM_INSIDE = 3,	 /* inside a message, or a thread is just writing */
	POISONSHIM_TORN = 4,	 /* inside a message, and the kernel refused a part of it */
	POISONSHIM_POISONED = 5, /* every write fails with EPIPE */
};

/* `fd` may be closed by now: -1. `why` is the verdict of the log, as JSON has it. */
typedef void poisonshim_callback(int fd, const char *why);

#ifdef POISONSHIM_BUILD

#define POISONSHIM_FUNCTION(type, name, parameters, arguments) type poisonshim_##name parameters;

#else

/* Where the library's function is, or NULL. Code that cannot be moved gets the address of a weak symbol from
 * the static linker, and that is always NULL; there the dynamic one is asked, if there is one. */
#ifdef __PIC__
#define POISONSHIM_IMPORT(type, name, parameters)                                                           \
	extern type poisonshim_import_##name parameters __asm__("poisonshim_" #name) __attribute__((weak)); \
	static inline type(*poisonshim_find_##name(void)) parameters                                        \
	{                                                                                                   \
		return poisonshim_import_##name;                                                            \
	}
#else
typedef void (*poisonshim_pointer)(void);
extern poisonshim_pointer poisonshim_dlsym(void *handle, const char *name) __asm__("dlsym")
    __attribute__((weak));

static inline void poisonshim_not_there(void)
{
}

static inline poisonshim_pointer poisonshim_find(poisonshim_pointer *place, const char *name)
{
	poisonshim_pointer found = __atomic_load_n(place, __ATOMIC_RELAXED);

	if (!found) {
		found = poisonshim_dlsym ? poisonshim_dlsym((void *)0, name) : (poisonshim_pointer)0;
		if (!found)
			found = poisonshim_not_there;
		__atomic_store_n(place, found, __ATOMIC_RELAXED);
	}
	return found == poisonshim_not_there ? (poisonshim_pointer)0 : found;
}

#define POISONSHIM_IMPORT(type, name, parameters)                                        \
	static inline type(*poisonshim_find_##name(void)) parameters                     \
	{                                                                                \
		static poisonshim_pointer place;                                         \
                                                                                         \
		return (type(*) parameters)poisonshim_find(&place, "poisonshim_" #name); \
	}
#endif

/* The name for the assembler keeps the inline function apart from the library's. */
#define POISONSHIM_FUNCTION(type, name, parameters, arguments)                                  \
	POISONSHIM_IMPORT(type, name, parameters)                                               \
	static inline type poisonshim_##name parameters __asm__("poisonshim_inline_" #name);    \
	static inline type poisonshim_##name parameters                                         \
	{                                                                                       \
		return poisonshim_find_##name() ? poisonshim_find_##name() arguments : (type)0; \
	}

#endif

/* A message begins with the next byte that is written. -1 with EPIPE: nothing may be written, because the
 * connection is poisoned or another message is not complete. */
POISONSHIM_FUNCTION(int, begin, (int fd), (fd))

/* The message that was begun is complete. -1 with EPIPE: it is not, and the connection is poisoned. */
POISONSHIM_FUNCTION(int, end, (int fd), (fd))

/* The message that was begun will not be completed. -1 with EPIPE: some of it was sent, and the connection is
 * poisoned. 0: nothing was, another may begin. */
POISONSHIM_FUNCTION(int, abandon, (int fd), (fd))

POISONSHIM_FUNCTION(enum poisonshim_state, state, (int fd), (fd))

/* Called for each connection that is poisoned, after the line in the log, in the thread whose call it was;
 * NULL: nothing is called any more. 0. */
POISONSHIM_FUNCTION(int, on_poison, (poisonshim_callback * callback), (callback))

#ifdef __cplusplus
}
#endif

#ifndef POISONSHIM_BUILD
#ifndef __cplusplus

/* POISONSHIM_MESSAGE(message, fd): a message of this block. message.error is 0, or the errno with which it
 * could not begin. Left in any other way than by poisonshim_finish(&message), it is abandoned. */
struct poisonshim_message {
	int fd;
	int error;
	int begun;
};

#define POISONSHIM_MESSAGE(name, fd)                                                        \
	struct poisonshim_message name __attribute__((cleanup(poisonshim_leave_message))) = \
	    poisonshim_begin_message(fd)

static inline struct poisonshim_message poisonshim_begin_message(int fd)
{
	struct poisonshim_message message = {fd, poisonshim_begin(fd) ? errno : 0, 0};

	message.begun = !message.error;
	return message;
}

/* As poisonshim_end(); EPIPE for one that did not begin. */
static inline int poisonshim_finish(struct poisonshim_message *message)
{
	if (!message->begun) {
		errno = EPIPE;
		return -1;
	}
	message->begun = 0;
	return poisonshim_end(message->fd);
}

static inline void poisonshim_leave_message(struct poisonshim_message *message)
{
	int saved = errno;

	if (message->begun)
		poisonshim_abandon(message->fd);
	errno = saved;
}

#else

namespace poisonshim
{

/* A message of this scope. Left in any other way than by finish(), it is abandoned. */
class message
{
      public:
	/* Throws std::system_error (std::errc::broken_pipe, say) if it may not begin. */
	explicit message(int fd) : fd_(fd), begun_(false)
	{
		check(poisonshim_begin(fd));
		begun_ = true;
	}

	message(const message &) = delete;
	message &operator=(const message &) = delete;

	~message()
	{
		int saved = errno;

		if (begun_)
			poisonshim_abandon(fd_);
		errno = saved;
	}

	/* Throws std::system_error if it is not complete. */
	void finish()
	{
		if (!begun_)
			return;
		begun_ = false;
		check(poisonshim_end(fd_));
	}

      private:
	static void check(int result)
	{
		if (result)
			throw std::system_error(errno, std::generic_category(), "poisonshim");
	}

	int fd_;
	bool begun_;
};

} // namespace poisonshim

#endif
#endif

#endif
