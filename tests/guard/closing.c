/* closing HOW: another thread writes to a poisoned connection while it is being closed, before the kernel
 * does it. Runs above late_close.c. */

#include "scene.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/syscall.h>

static struct wire wire;

static void write_meanwhile(void)
{
	struct writer late = {.wire = wire, .number = 2, .flags = MSG_DONTWAIT};

	writer_start(&late);
	writer_join(&late);
	CHECK(late.result == -1 && late.error == EPIPE);
}

static void by_close(int fd)
{
	CHECK(close(fd) == 0);
}

static void by_number(int fd)
{
	CHECK(syscall(SYS_close, fd) == 0);
}

#ifdef __GLIBC__
static void by_range(int fd)
{
	CHECK(close_range((unsigned int)fd, (unsigned int)fd, 0) == 0);
}

static void by_from(int fd)
{
	closefrom(fd);
}
#endif

static const struct {
	const char *how;
	void (*close)(int fd);
} ways[] = {
    {"close", by_close},
    {"syscall", by_number},
#ifdef __GLIBC__
    {"close_range", by_range},
    {"closefrom", by_from},
#endif
};

int main(int argc, char **argv)
{
	void (**before_close)(void) = NULL;
	void *place = dlsym(RTLD_DEFAULT, "before_close");
	bool played = false;

	CHECK(argc == 2 && place);
	before_close = (void (**)(void))place;
	scene_start();
	wire = wire_open();
	CHECK(send(wire.writer, message(1), MESSAGE_LENGTH, MSG_DONTWAIT) > 0);
	wire.writer = dup2(wire.writer, 100);
	CHECK(write(wire.writer, "another", 7) == -1 && errno == EPIPE);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].how) != 0)
			continue;
		*before_close = write_meanwhile;
		ways[i].close(wire.writer);
		played = true;
	}
	CHECK(played && !*before_close);
	wire_check_cut(wire, 1);
	return 0;
}
