# Net::SMPP's requests and responses to PORT.
use strict;
use warnings;
use Net::SMPP;

my ($port, $role) = @ARGV;
my $smpp = Net::SMPP->new_connect("127.0.0.1", port => $port, async => 1, smpp_version => 0x34)
	or die "cannot connect: $!";
if ($role eq "client") {
	$smpp->bind_transceiver(system_id => "system", password => "secret");
	$smpp->enquire_link();
	$smpp->submit_sm(destination_addr => "447700900001", short_message => "a short message " x 6);
	$smpp->submit_sm(destination_addr => "447700900002", short_message => "");
	$smpp->unbind();
} else {
	$smpp->bind_transceiver_resp(seq => 1, system_id => "center");
	$smpp->enquire_link_resp(seq => 2);
	$smpp->submit_sm_resp(seq => 3, message_id => "1234567890");
	$smpp->deliver_sm(source_addr => "447700900001", destination_addr => "1", short_message => "an answer " x 9);
	$smpp->unbind_resp(seq => 5);
}
