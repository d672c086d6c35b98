// Messages with poisonshim.h in C++; says what it sees. api.bats

#include "poisonshim.h"

#include <cstdio>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

static const char *told;

static void tell(int, const char *why)
{
	told = why;
}

static const char *word(int fd)
{
	static const char *const words[] = {"none", "clean", "off", "inside", "torn", "poisoned"};

	return words[poisonshim_state(fd)];
}

static void put(int fd, const char *text)
{
	if (write(fd, text, 2) != 2)
		throw std::runtime_error("refused");
}

static void send_message(int fd, bool is_whole)
{
	poisonshim::message message(fd);

	put(fd, "ab");
	std::printf("%s ", word(fd));
	if (!is_whole)
		throw std::runtime_error("the second half is not to be had");
	put(fd, "cd");
	message.finish();
	message.finish();
}

static int begin(int fd)
{
	try {
		poisonshim::message message(fd);
		return 0;
	} catch (const std::system_error &error) {
		return error.code() == std::errc::broken_pipe ? error.code().value() : -1;
	}
}

int main()
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || poisonshim_on_poison(tell) != 0)
		return 1;
	std::printf("%s ", word(pair[0]));
	send_message(pair[0], true);
	std::printf("%s ", word(pair[0]));
	try {
		send_message(pair[0], false);
		return 2;
	} catch (const std::runtime_error &) {
	}
	int first = begin(pair[0]);
	const char *state = word(pair[0]);
	std::printf("%d %s %d ", first, state, begin(pair[0]));
	if (told)
		std::printf("told:%s ", told);
	else
		std::printf("untold ");
	poisonshim::message message(pair[1]);
	message.finish();
	std::printf("finished %d ", begin(pair[1]));
	std::puts(poisonshim_end(pair[1]) == 0 ? "ended" : "not ended");
	return 0;
}
