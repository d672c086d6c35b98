# syswrite.pl HOST PORT FILE: the usual loop of select and syswrite with an offset on a non-blocking socket.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($host, $port, $path) = @ARGV;
local $/;
open my $file, '<:raw', $path or die "$path: $!";
my $data = <$file>;
my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die $@;
$socket->blocking(0);
my $select = IO::Select->new($socket);
my $at = 0;
while ($at < length $data) {
	$select->can_write;
	my $count = syswrite $socket, $data, 1 << 20, $at;
	$at += $count // ($!{EAGAIN} ? 0 : die "syswrite: $!");
}
close $socket or die "close: $!";
print "sent\n";
