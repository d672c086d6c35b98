#include "privilege.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "text.h"

/* The extended attribute security.capability: linux/capability.h, which musl does not bring along. */
#define CAPABILITY_VERSION_3 0x20080522
#define FILE_REVISION_MASK 0xff000000U
#define FILE_REVISION_2 0x02000000U
#define FILE_EFFECTIVE 1U
#define SETS 20 /* bytes of revision 2; 3 is for other user namespaces than ours */

static bool is_nosuid(const char *path)
{
	struct statvfs status;

	return statvfs(path, &status) == 0 && status.f_flag & ST_NOSUID;
}

static bool has_no_new_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static uint32_t little_endian(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Capabilities 32 * word and up that this process may hand on to a file that inherits them. */
static uint32_t inheritable(unsigned word)
{
	struct {
		uint32_t version;
		int pid;
	} header = {CAPABILITY_VERSION_3, 0};
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2] = {{0}};

	return syscall(SYS_capget, &header, sets) == 0 ? sets[word].inheritable : 0;
}

static uint32_t bounding(unsigned word)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < 32; i++)
		if (prctl(PR_CAPBSET_READ, 32 * word + i, 0, 0, 0) == 1)
			set |= 1U << i;
	return set;
}

/* Kernels differ in what is left of them under no_new_privs: they count there too. */
static bool has_capabilities(const char *path)
{
	uint8_t value[SETS + 4];
	bool gained = false;
	uint32_t magic;

	if (getxattr(path, "security.capability", value, sizeof(value)) != SETS)
		return false;
	magic = little_endian(value);
	if ((magic & FILE_REVISION_MASK) != FILE_REVISION_2)
		return false;
	for (unsigned word = 0; word < 2; word++) {
		uint32_t permitted = little_endian(value + 4 + 8 * word);
		uint32_t inherited = little_endian(value + 8 + 8 * word);

		gained = gained || permitted & bounding(word) || inherited & inheritable(word);
	}
	return gained || magic & FILE_EFFECTIVE;
}

const char *privilege_gained(const char *path)
{
	struct stat status;
	bool ignored = is_nosuid(path) || has_no_new_privileges();

	if (stat(path, &status) != 0)
		return NULL;
	if (!ignored && status.st_mode & S_ISUID && status.st_uid != getuid())
		return format("is setuid to user %u", (unsigned)status.st_uid);
	if (!ignored && status.st_mode & S_ISGID && status.st_mode & S_IXGRP && status.st_gid != getgid())
		return format("is setgid to group %u", (unsigned)status.st_gid);
	if (getuid() != geteuid() || getgid() != getegid())
		return "is started with other effective than real ids";
	if (getuid() != 0 && !is_nosuid(path) && has_capabilities(path))
		return "has file capabilities";
	return NULL;
}
