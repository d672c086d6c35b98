/* sunrpc server PORT | sunrpc client PORT: procedures of libtirpc over TCP, with buffers so small that a
 * message needs several fragments. */

#include <arpa/inet.h>
#include <err.h>
#include <rpc/rpc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM 0x20000001
#define VERSION 1
#define BUFFER 100
#define SECONDS 30

static int connected(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)address, sizeof(*address)) != 0)
		err(1, "connect");
	return fd;
}

static void echo(struct svc_req *request, SVCXPRT *transport)
{
	char *text = NULL;

	if (request->rq_proc == NULLPROC) {
		svc_sendreply(transport, (xdrproc_t)xdr_void, NULL);
		return;
	}
	svc_getargs(transport, (xdrproc_t)xdr_wrapstring, (caddr_t)&text);
	svc_sendreply(transport, (xdrproc_t)xdr_wrapstring, (caddr_t)&text);
}

static void serve(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	SVCXPRT *transport;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)address, sizeof(*address)) != 0 || listen(fd, 5) != 0)
		err(1, "bind");
	transport = svc_vc_create(fd, BUFFER, BUFFER);
	if (!transport || !svc_reg(transport, PROGRAM, VERSION, echo, NULL))
		errx(1, "svc_vc_create");
	svc_run();
}

static void call(struct sockaddr_in *address)
{
	struct netbuf server = {sizeof(*address), sizeof(*address), address};
	CLIENT *client = clnt_vc_create(connected(address), &server, PROGRAM, VERSION, BUFFER, BUFFER);
	struct timeval timeout = {SECONDS, 0};
	static const size_t lengths[] = {0, 3, 150, 500, 5};

	if (!client)
		errx(1, "clnt_vc_create: %s", clnt_spcreateerror(""));
	if (clnt_call(client, NULLPROC, (xdrproc_t)xdr_void, NULL, (xdrproc_t)xdr_void, NULL, timeout) !=
	    RPC_SUCCESS)
		errx(1, "null: %s", clnt_sperror(client, ""));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *text = calloc(1, lengths[i] + 1), *answer = NULL;

		memset(text, 'a' + (int)i, lengths[i]);
		if (clnt_call(client, 1, (xdrproc_t)xdr_wrapstring, (caddr_t)&text, (xdrproc_t)xdr_wrapstring,
			      (caddr_t)&answer, timeout) != RPC_SUCCESS ||
		    strcmp(text, answer) != 0)
			errx(1, "echo: %s", clnt_sperror(client, ""));
	}
	clnt_destroy(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};

	if (argc != 3)
		return 2;
	address.sin_port = htons((uint16_t)atoi(argv[2]));
	if (strcmp(argv[1], "server") == 0)
		serve(&address);
	else
		call(&address);
	return 0;
}
