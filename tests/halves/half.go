// half ADDRESS SCENE: a program whose C parts send through libc and whose Go parts by Go's own system calls.
package main

/*
#include <stdlib.h>
#include <sys/socket.h>

static long put(int fd, const char *bytes, size_t length)
{
	return send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}
*/
import "C"

import (
	"log"
	"net"
	"os"
	"time"
	"unsafe"
)

func putByC(connection *net.TCPConn, message []byte) int {
	raw, err := connection.SyscallConn()
	check(err)
	sent := -1
	check(raw.Control(func(fd uintptr) {
		bytes := C.CBytes(message)
		defer C.free(unsafe.Pointer(bytes))
		sent = int(C.put(C.int(fd), (*C.char)(bytes), C.size_t(len(message))))
	}))
	if sent < 0 {
		log.Fatal("the C part could not send")
	}
	return sent
}

func putByGo(connection *net.TCPConn, message []byte) {
	_, err := connection.Write(message)
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func tailByGo(connection *net.TCPConn) {
	message := make([]byte, 64<<20)
	sent := putByC(connection, message)
	if sent == len(message) {
		log.Fatal("nothing was cut")
	}
	putByGo(connection, message[sent:])
	putByC(connection, []byte("a new message"))
}

func bodiesByGo(connection *net.TCPConn) {
	for i := 0; i < 8; i++ {
		putByC(connection, []byte{0, 0, 0, 6})
		putByGo(connection, []byte("sixsix"))
	}
}

func main() {
	time.AfterFunc(20*time.Second, func() { log.Fatal("too slow") })
	connection, err := net.Dial("tcp", os.Args[1])
	check(err)
	scenes := map[string]func(*net.TCPConn){"a_tail": tailByGo, "bodies": bodiesByGo}
	scenes[os.Args[2]](connection.(*net.TCPConn))
	check(connection.Close())
}
