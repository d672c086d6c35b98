#include "play.h"

#include <stdio.h>
#include <string.h>

#include "scene.h"

int scene_play(const struct scene *scenes, size_t count, int argc, char **argv)
{
	scene_start();
	for (size_t i = 0; i < count; i++) {
		if (argc < 2) {
			puts(scenes[i].name);
		} else if (strcmp(scenes[i].name, argv[1]) == 0) {
			scenes[i].play();
			return 0;
		}
	}
	return argc >= 2;
}
