# Perl tears messages on connections whose numbers are used again and again: every other one it finishes.
use strict;
use warnings;
use Errno qw(EPIPE);
use IO::Socket;
use Socket;

sub drain {
	my ($peer) = @_;
	my ($all, $got) = ('', '');
	$all .= $got while defined recv($peer, $got, 1 << 16, 0) && length $got;
	return $all;
}

alarm 50;
my $message = join '', map { sprintf '%07d,', $_ } 1 .. 1 << 15;
for my $round (1 .. 8) {
	my ($writer, $peer) = IO::Socket->socketpair(AF_UNIX, SOCK_STREAM, PF_UNSPEC);
	$_->blocking(0) for $writer, $peer;
	my $sent = syswrite $writer, $message;
	die "not cut: $sent" unless $sent && $sent < length $message;
	my $got = drain($peer);
	if ($round % 2) {
		die 'another message went through' if defined syswrite $writer, 'another';
		die "not EPIPE: $!" unless $! == EPIPE;
		next;
	}
	while ($sent < length $message) {
		$sent += syswrite($writer, $message, 30000, $sent) // die "refused: $!";
		$got .= drain($peer);
	}
	die 'it arrived changed' unless $got eq $message;
}
