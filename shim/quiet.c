#include "quiet.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

void quiet_begin(struct quiet *quiet)
{
	sigset_t block;

	sigemptyset(&quiet->pending);
	sigemptyset(&block);
	sigaddset(&block, SIGPIPE);
	sigaddset(&block, SIGXFSZ);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &quiet->cancel);
	pthread_sigmask(SIG_BLOCK, &block, &quiet->mask);
	sigpending(&quiet->pending);
}

/* Takes back the signal that came with the error of our write, unless the program had one waiting already. */
static void take_back(int error, const sigset_t *pending)
{
	static const struct timespec now = {0, 0};
	int signal = error == EPIPE ? SIGPIPE : SIGXFSZ;
	sigset_t one;

	if ((error != EPIPE && error != EFBIG) || sigismember(pending, signal))
		return;
	sigemptyset(&one);
	sigaddset(&one, signal);
	while (sigtimedwait(&one, NULL, &now) < 0 && errno == EINTR)
		;
}

void quiet_end(const struct quiet *quiet, int error)
{
	int cancel;

	take_back(error, &quiet->pending);
	pthread_sigmask(SIG_SETMASK, &quiet->mask, NULL);
	pthread_setcancelstate(quiet->cancel, &cancel);
}
