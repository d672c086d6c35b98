#ifndef POISONSHIM_PROCESS_H
#define POISONSHIM_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hidden.h"

union process_word {
	struct {
		pid_t pid;
		int fd; /* -1: what struct thread has there when it is idle */
	};
	uint64_t both;
};

/* The process that our memory belongs to. The page is wiped by the kernel in a forked child
 * (MADV_WIPEONFORK), so a pid of 0 means: just forked; a child made with vfork or clone(CLONE_VM) sees its
 * parent's id in it. */
struct process_page {
	_Alignas(4096) volatile union process_word idle;
};
extern HIDDEN struct process_page process;

/* Counts forks: 1 in the program as started, one more in each generation of forked children. */
extern uint16_t process_epoch;

void process_start(void);

/* In a forked child: the memory is its own. */
void process_adopt(void);

/* False in a child that shares its parent's memory: the tables are the parent's, leave them alone. Adopts the
 * memory in a forked child. One getpid system call, none in a sandbox: there nobody asks, and memory spoilt
 * by a vfork child refuses nothing. */
bool process_is_ours(void);

#endif
