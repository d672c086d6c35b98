/* The table itself, linked statically: two threads that meet a new connection at once are one after the other
 * here. */

#include <sys/socket.h>

#include "../../shim/fdtable.h"
#include "scene.h"

int main(void)
{
	int pair[2];

	scene_start();
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fdtable_born(pair[0], AF_UNIX, SOCK_STREAM, 0);
	struct stream *stream = fdtable_classify(pair[0]);
	CHECK(stream);
	CHECK(fdtable_classify(pair[0]) == stream);
	CHECK(fdtable_slot(pair[0]) == (uintptr_t)stream);
	return 0;
}
