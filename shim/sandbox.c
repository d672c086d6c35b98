#include "sandbox.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "fdtable.h"
#include "process.h"
#include "report.h"

atomic_bool sandbox_here;

bool sandbox_asked_by_prctl(int option, unsigned long mode, unsigned long filter)
{
	return option == PR_SET_SECCOMP && (mode == SECCOMP_MODE_STRICT || filter);
}

/* libseccomp asks for strict mode with flags, which there are none of, to see whether the call exists. */
static bool asked_by_seccomp(unsigned long operation, unsigned long flags, unsigned long filter)
{
	if (operation == SECCOMP_SET_MODE_STRICT)
		return !flags && !filter;
	return operation == SECCOMP_SET_MODE_FILTER && filter;
}

bool sandbox_asked_by_syscall(long number, const unsigned long a[3])
{
	if (number == SYS_prctl)
		return sandbox_asked_by_prctl((int)a[0], a[1], a[2]);
	return number == SYS_seccomp && asked_by_seccomp(a[0], a[1], a[2]);
}

/* A vfork child must not set what its parent reads. Before the call, because a filter can be for every thread
 * at once. */
bool sandbox_begin(void)
{
	if (sandbox_holds() || !process_is_ours())
		return false;
	if (fdtable_is_started())
		report_note(
		    LOG_LEVEL_WARN,
		    "the program installs a seccomp filter: with it no connection is guarded any more, "
		    "nothing is refused and nothing more is said");
	fdtable_shut_poisoned();
	atomic_store(&sandbox_here, true);
	return true;
}

void sandbox_settle(bool installed)
{
	atomic_store(&sandbox_here, installed);
}
