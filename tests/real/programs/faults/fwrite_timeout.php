<?php
// HOST PORT FILE: fwrite() gives up when the stream's timeout has passed, and the program goes on with its next message.
[, $host, $port, $path] = $argv;
$first = file_get_contents($path);
$stream = stream_socket_client("tcp://$host:$port");
stream_set_timeout($stream, 0, 200_000);
if (@fwrite($stream, pack("N", strlen($first)) . $first) < strlen($first)) {
    echo "cut\n";
}
stream_set_timeout($stream, 60);
if (@fwrite($stream, pack("N", 6) . "second") === 10) {
    echo "sent\n";
} elseif (str_contains(error_get_last()["message"], "Broken pipe")) {
    echo "broken pipe\n";
}
