# print.pl HOST PORT FILE: prints a file to a blocking socket, while a handler that does nothing runs every two
# milliseconds.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(setitimer ITIMER_REAL);

my ($host, $port, $path) = @ARGV;
local $/;
open my $file, '<:raw', $path or die "$path: $!";
my $data = <$file>;
my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die $@;
$socket->autoflush(0);
$SIG{ALRM} = sub { };
setitimer(ITIMER_REAL, 0.002, 0.002);
for (my $at = 0; $at < length $data; $at += 100_000) {
	print {$socket} substr $data, $at, 100_000 or die "print: $!";
}
close $socket or die "close: $!";
setitimer(ITIMER_REAL, 0);
print "sent\n";
