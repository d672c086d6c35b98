#ifndef POISONSHIM_LAUNCH_PRIVILEGE_H
#define POISONSHIM_LAUNCH_PRIVILEGE_H

/* Why the kernel will tell the loader to be secure (AT_SECURE), which then ignores LD_PRELOAD: by the rules
 * of the kernel's fs/exec.c and security/commoncap.c. NULL: no reason. Security modules may have others. */
const char *privilege_gained(const char *path);

#endif
