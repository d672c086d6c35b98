#include "throw.h"

bool catch_from(void (*body)(void *), void *argument)
{
	try {
		body(argument);
	} catch (int) {
		return true;
	}
	return false;
}

void throw_from_handler(int signal)
{
	throw signal;
}
