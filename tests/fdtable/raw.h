#ifndef FDTABLE_RAW_H
#define FDTABLE_RAW_H

/* System calls that no library sees: not libc's syscall(), which can be hooked. errno is set as libc does. */

#include <errno.h>

#if defined(__x86_64__)
static inline long raw_trap(long number, long a, long b, long c, long d, long e)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline long raw_trap(long number, long a, long b, long c, long d, long e)
{
	register long first __asm__("x0") = a;
	register long second __asm__("x1") = b;
	register long third __asm__("x2") = c;
	register long fourth __asm__("x3") = d;
	register long fifth __asm__("x4") = e;
	register long call __asm__("x8") = number;

	__asm__ volatile("svc 0"
			 : "+r"(first)
			 : "r"(call), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
			 : "memory");
	return first;
}
#elif defined(__riscv) && __riscv_xlen == 64
static inline long raw_trap(long number, long a, long b, long c, long d, long e)
{
	register long first __asm__("a0") = a;
	register long second __asm__("a1") = b;
	register long third __asm__("a2") = c;
	register long fourth __asm__("a3") = d;
	register long fifth __asm__("a4") = e;
	register long call __asm__("a7") = number;

	__asm__ volatile("ecall"
			 : "+r"(first)
			 : "r"(call), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
			 : "memory");
	return first;
}
#else
#error "say here how this machine enters its kernel"
#endif

static inline long raw_finish(long result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

#define RAW5(number, a, b, c, d, e) \
	raw_finish(raw_trap((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e)))
#define RAW4(number, a, b, c, d) RAW5(number, a, b, c, d, 0)
#define RAW3(number, a, b, c) RAW5(number, a, b, c, 0, 0)
#define RAW2(number, a, b) RAW5(number, a, b, 0, 0, 0)
#define RAW1(number, a) RAW5(number, a, 0, 0, 0, 0)

#endif
