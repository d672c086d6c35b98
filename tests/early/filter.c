#include "filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../guard/scene.h"

#define CALLS_MAX 64

static struct sock_filter code[2 * CALLS_MAX + 2];
static struct sock_fprog program = {.filter = code};

static void add(struct sock_filter instruction)
{
	code[program.len++] = instruction;
}

static void assemble(uint32_t action, const int *calls, size_t count)
{
	CHECK(count <= CALLS_MAX);
	add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	for (size_t i = 0; i < count; i++) {
		add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], 0, 1));
		add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
	}
	add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static void load_with_libseccomp(uint32_t action, const int *calls, size_t count)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);

	CHECK(context && action == SECCOMP_RET_KILL_PROCESS);
	for (size_t i = 0; i < count; i++)
		CHECK(seccomp_rule_add(context, SCMP_ACT_KILL_PROCESS, calls[i], 0) == 0);
	CHECK(seccomp_load(context) == 0);
	seccomp_release(context);
}

/* As a container does, long before the program starts. */
static long prctl_unseen(long option, long mode, const void *filter)
{
#ifdef __x86_64__
	register long fifth __asm__("r8") = 0, fourth __asm__("r10") = 0;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(SYS_prctl), "D"(option), "S"(mode), "d"(filter), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return result;
#else
#error "another machine: how does it call the kernel?"
#endif
}

void filter_install(const char *way, uint32_t action, const int *calls, size_t count)
{
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	assemble(action, calls, count);
	if (strcmp(way, "prctl") == 0)
		CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	else if (strcmp(way, "seccomp") == 0)
		CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0);
	else if (strcmp(way, "every-thread") == 0)
		CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
		      0);
	else if (strcmp(way, "libseccomp") == 0)
		load_with_libseccomp(action, calls, count);
	else if (strcmp(way, "unseen") == 0)
		CHECK(prctl_unseen(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	else
		FAIL("there is no such way to install a filter");
}

void filter_install_named(const char *way, uint32_t action, const char *names)
{
	int calls[CALLS_MAX];
	char *copy = strdup(names), *rest;
	size_t count = 0;

	CHECK(copy);
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		CHECK(count < CALLS_MAX);
		calls[count] = seccomp_syscall_resolve_name(name);
		CHECK(calls[count] != __NR_SCMP_ERROR);
		count++;
	}
	filter_install(way, action, calls, count);
}
