#ifndef POISONSHIM_LAUNCH_TEXT_H
#define POISONSHIM_LAUNCH_TEXT_H

/* Texts that live as long as the process, which is short. */
const char *format(const char *template, ...) __attribute__((format(printf, 1, 2)));

/* What a file says about itself, safe on a terminal. */
const char *printable(const char *text);

#endif
