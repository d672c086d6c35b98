#ifndef POISONSHIM_THROW_H
#define POISONSHIM_THROW_H

#ifdef __cplusplus
extern "C" {
#endif

/* Calls body(argument); true if something was thrown out of it. */
bool catch_from(void (*body)(void *), void *argument);

/* A signal handler that throws. */
void throw_from_handler(int signal);

#ifdef __cplusplus
}
#endif

#endif
