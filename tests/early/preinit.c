/* A program that plays in its preinit_array, before any constructor that did not ask to be first. */

#include <stdlib.h>

int scene_main(int argc, char **argv);

static void play(int argc, char **argv)
{
	exit(scene_main(argc, argv));
}

__attribute__((section(".preinit_array"), used)) static void (*array)(int, char **) = play;

int main(void)
{
	return 99;
}
