/* Writes through a number, and what the peer reads. */

#include "play.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static uint8_t others[LONGEST];

static ssize_t put_write(int fd, struct iovec *pieces, size_t length)
{
	return write(fd, pieces[0].iov_base, length);
}

static ssize_t put_writev(int fd, struct iovec *pieces, size_t length)
{
	(void)length;
	return writev(fd, pieces, 2);
}

static ssize_t put_send_call(int fd, struct iovec *pieces, size_t length)
{
	return send(fd, pieces[0].iov_base, length, MSG_NOSIGNAL);
}

static ssize_t put_sendto(int fd, struct iovec *pieces, size_t length)
{
	return sendto(fd, pieces[0].iov_base, length, MSG_DONTWAIT, NULL, 0);
}

static ssize_t put_sendmsg(int fd, struct iovec *pieces, size_t length)
{
	struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};

	(void)length;
	return sendmsg(fd, &message, MSG_DONTWAIT);
}

static ssize_t put_sendmmsg(int fd, struct iovec *pieces, size_t length)
{
	struct mmsghdr message = {.msg_hdr = {.msg_iov = pieces, .msg_iovlen = 2}};
	int sent = sendmmsg(fd, &message, 1, MSG_DONTWAIT);

	(void)length;
	return sent == 1 ? (ssize_t)message.msg_len : sent;
}

static const struct {
	const char *name;
	ssize_t (*put)(int fd, struct iovec *pieces, size_t length);
} puts_by_name[] = {
    {"write", put_write},   {"writev", put_writev},   {"send", put_send_call},
    {"sendto", put_sendto}, {"sendmsg", put_sendmsg}, {"sendmmsg", put_sendmmsg},
};

/* An eventfd takes its eight bytes in one piece, and only a socket can be sent to. */
static unsigned ways_into(int number)
{
	enum kind kind = descriptions[model_description(number)].kind;

	return kind == EVENTS ? 1 : kind == STREAM || kind == DATAGRAM ? 6 : 2;
}

void put_send(struct put *put)
{
	unsigned way = pick(ways_into(put->number));
	uint8_t *bytes = (uint8_t *)(uintptr_t)put->bytes;
	size_t first = put->length ? pick((unsigned)put->length + 1) : 0;
	struct iovec pieces[2] = {{bytes, first}, {bytes + first, put->length - first}};

	/* The first piece's base is that of the whole, too. */
	put->result = puts_by_name[way].put(put->number, pieces, put->length);
	put->error = errno;
	say(" by %s: %zd %s", puts_by_name[way].name, put->result,
	    put->result >= 0	   ? ""
	    : put->error == EPIPE  ? "EPIPE"
	    : put->error == EAGAIN ? "EAGAIN"
				   : strerror(put->error));
}

static size_t pick_length(size_t longest)
{
	size_t length = chance(70) ? 1 + pick(64) : chance(60) ? 1 + pick(2000) : 1 + pick(9000);

	return length < longest ? length : longest;
}

static void offer_rest(struct put *put, const struct description *d, size_t longest)
{
	size_t rest = (size_t)(d->end - d->sent);

	put->length = chance(60) ? rest : chance(50) ? 1 + pick((unsigned)rest) : rest + pick_length(2000);
	put->length = put->length < longest ? put->length : longest;
	say(" rest %zu of %zu", put->length, rest);
}

static void offer_others(struct put *put)
{
	put->length = pick_length(200);
	put->meant = false;
	for (size_t i = 0; i < put->length; i++)
		others[i] = (uint8_t)~put->bytes[i];
	put->bytes = others;
	say(" other %zu", put->length);
}

/* Where nothing of the rest is known any bytes pass for it, as they should not be there: a program that is
 * right is all that can be asked then. */
static void offer_stream(struct put *put, int description, size_t longest)
{
	const struct description *d = &descriptions[description];

	put->bytes = model_bytes(description, d->sent);
	if (chance(4)) {
		say(" nothing");
		return;
	}
	if (!model_is_inside(description)) {
		put->length = pick_length(longest);
		say(" message %zu", put->length);
		return;
	}
	if ((d->known || model_is_poisoned(description)) && chance(30))
		offer_others(put);
	else
		offer_rest(put, d, longest);
}

bool put_prepare(struct put *put, int number, size_t longest)
{
	static const uint64_t one = 1;
	int description = model_description(number);

	*put = (struct put){
	    .number = number, .bytes = model_bytes(description, 0), .meant = true, .record = model_wrote};
	switch (descriptions[description].kind) {
	case PIPE_READER:
		return false;
	case EVENTS:
		put->bytes = (const uint8_t *)&one;
		put->length = sizeof(one);
		break;
	case STREAM:
		say("fd %d (%d):", number, description);
		offer_stream(put, description, longest);
		break;
	default:
		put->length = pick_length(3000);
	}
	if (descriptions[description].kind != STREAM)
		say("fd %d (%d): %zu bytes to no stream", number, description, put->length);
	put->expected = model_expects(number, put->bytes, put->length, put->meant);
	if (put->expected != PASSES)
		say(put->expected == REFUSED ? " to be refused" : " may be refused");
	return true;
}

void put_judge(const struct put *put)
{
	const struct description *d = &descriptions[model_description(put->number)];
	bool epipe = put->result < 0 && put->error == EPIPE;

	if (put->result < 0 && put->error != EPIPE && put->error != EAGAIN)
		fail("fd %d: errno %d", put->number, put->error);
	if (put->expected == REFUSED && !epipe)
		fail("fd %d: a poisoned one passed, %zd", put->number, put->result);
	if (put->expected == PASSES && epipe && !d->shut)
		fail("fd %d: an innocent was refused", put->number);
	count.passes += put->expected == PASSES;
	count.refused += put->expected == REFUSED;
	count.either += put->expected == EITHER;
	count.poisoned += epipe && !d->shut && !model_is_poisoned(model_description(put->number));
	put->record(put->number, put->length, put->meant, put->result, put->error);
}

void move_write(void)
{
	struct put put;
	int number = pick_open_number();

	if (number < 0 || !put_prepare(&put, number, LONGEST))
		return;
	put_send(&put);
	put_judge(&put);
	if (chance(30))
		model_drain(model_description(number), 1 + pick(12000));
}

void move_drain(void)
{
	int number = pick_open_number();

	if (number < 0)
		return;
	say("drain of %d", number);
	model_drain(model_description(number), SIZE_MAX);
}
