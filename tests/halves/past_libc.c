#include "past_libc.h"

#include <sys/syscall.h>

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

long write_past_libc(int fd, const void *bytes, size_t length)
{
	return call(SYS_write, fd, (long)bytes, (long)length);
}

long socket_past_libc(int domain, int type, int protocol)
{
	return call(SYS_socket, domain, type, protocol);
}

long connect_past_libc(int fd, const void *address, unsigned length)
{
	return call(SYS_connect, fd, (long)address, length);
}

long dup2_past_libc(int fd, int copy)
{
	return call(SYS_dup2, fd, copy, 0);
}

long accept_past_libc(int fd)
{
	return call(SYS_accept, fd, 0, 0);
}
