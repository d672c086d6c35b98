#ifndef POISONSHIM_PLAY_H
#define POISONSHIM_PLAY_H

#include <stddef.h>

/* A program of scenes: `program NAME` plays one, `program` lists their names. */
struct scene {
	const char *name;
	void (*play)(void);
};

#define SCENE(name)         \
	{                   \
#name, name \
	}

/* Exit status: 0, or 1 if there is no such scene. */
int scene_play(const struct scene *scenes, size_t count, int argc, char **argv);

#endif
