# Sends a mail by BDAT to a port of 127.0.0.1, its argument.
use strict;
use warnings;
use Net::SMTP;

my $smtp = Net::SMTP->new('127.0.0.1', Port => $ARGV[0], Hello => 'client.example', Timeout => 30) or die $@;
${*$smtp}{net_smtp_chunking} = 1; # else it wants BINARYMIME, too
my $body = "Subject: chunks\r\n\r\n.\r\n";
for my $chunks ([$body, "x" x 50 . "\r\n.\r\nQUIT\r\n", ''], [$body . 'y' x 40]) {
	$smtp->mail('a@a.example') && $smtp->to('b@b.example') or die $smtp->message;
	my $last = pop @$chunks;
	$smtp->bdat($_) or die $smtp->message for @$chunks;
	$smtp->bdatlast($last) or die $smtp->message;
}
$smtp->quit;
