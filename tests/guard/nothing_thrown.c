/* In place of throw.cc where there is no C++ library (GUARD_THROW=nothing_thrown). */

#include "scene.h"

#include "throw.h"

bool catch_from(void (*body)(void *), void *argument)
{
	(void)body;
	(void)argument;
	FAIL("this build has no exceptions");
}

void throw_from_handler(int signal)
{
	(void)signal;
	FAIL("this build has no exceptions");
}
