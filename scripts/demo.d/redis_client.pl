#!/usr/bin/perl
# A careless client: SETs under alarm and die, catches the die, goes on using the same Redis object. Nothing of the
# library (libredis-perl) is changed, and nothing here knows of poisonshim.
#
# usage: redis_client.pl SOCKET SIZE
#
# Says on stdout what happened, one "kind sentence" a line. Waits for a line on stdin after "connected", so that the
# server can be stopped, and after "alarm", so that it can be continued.
use strict;
use warnings;
use Redis;

my ($path, $size) = @ARGV;
my %value = map { $_ => value($_) } qw(k1 k2);
$| = 1;

# SIZE bytes of text that says in every line of 64 whose it is.
sub value {
	my ($key) = @_;
	return substr sprintf("%-62s\r\n", "$key is the owner of this line") x ($size / 64), 0, $size;
}

sub say_and_wait {
	print "@_\n";
	defined readline STDIN or exit 1;
}

# The answer to a command, or the complaint of the library.
sub answer {
	my ($redis, $command, @arguments) = @_;
	my $answer = eval { $redis->$command(@arguments) };
	return $answer // $@ =~ s/(, with args.*|,? at \S+ line.*)//sr;
}

my $redis = Redis->new(sock => $path);
say_and_wait('connected');

local $SIG{ALRM} = sub { die "alarm\n" };
alarm 1;
my $done = eval { $redis->set(k1 => $value{k1}); 1 };
alarm 0;
print "done SET k1: not interrupted\n" and exit 1 if $done;
say_and_wait("alarm SET k1: $@" =~ s/\s+$/ after 1 s/r);

my $answer = answer($redis, set => k2 => $value{k2});
print $answer eq 'OK' ? 'answer' : 'error', " SET k2: $answer\n";
if ($answer eq 'OK') {
	print 'next EXISTS k2: ', answer($redis, exists => 'k2'), "\n";
	exit 0;
}

$redis = Redis->new(sock => $path);
print "again closed, reconnected\n";
print "answer SET $_: ", answer($redis, set => $_ => $value{$_}), "\n" for qw(k1 k2);
print 'next EXISTS k2: ', answer($redis, exists => 'k2'), "\n";
