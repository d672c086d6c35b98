/* A library whose constructor plays the whole program, so that main is never reached. A program without
 * arguments, which a scene executes, is left alone. */

#include <stdlib.h>

int scene_main(int argc, char **argv);

__attribute__((constructor)) static void play(int argc, char **argv)
{
	if (argc > 1)
		exit(scene_main(argc, argv));
}
