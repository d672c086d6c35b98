<?php
// fwrite.php MODE HOST PORT FILE: writes a file to a stream.
//   blocking     one fwrite() on a blocking stream: PHP writes with MSG_DONTWAIT and polls
//   nonblocking  a loop of stream_select() and fwrite()
[, $mode, $host, $port, $path] = $argv;
$data = file_get_contents($path);
$stream = stream_socket_client("tcp://$host:$port");
if ($mode === "blocking") {
    fwrite($stream, $data) === strlen($data) or exit(1);
} else {
    stream_set_blocking($stream, false);
    for ($at = 0; $at < strlen($data); $at += $count) {
        $read = $except = null;
        $write = [$stream];
        stream_select($read, $write, $except, null);
        $count = fwrite($stream, substr($data, $at));
        $count === false && exit(1);
    }
}
fclose($stream);
echo "sent\n";
