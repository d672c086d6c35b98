# What Net::Stomp says to the server on PORT.
use strict;
use warnings;
use Net::Stomp;

my $stomp = Net::Stomp->new({hostname => "127.0.0.1", port => $ARGV[0]});
$stomp->connect({login => "me", passcode => "secret"});
$stomp->subscribe({destination => "/queue/a", ack => "client"});

sub round_trip {
	$stomp->send({destination => "/queue/a", @_});
	$stomp->ack({frame => $stomp->receive_frame({timeout => 20}) // die "nothing comes back"});
}

round_trip(body => $_) for ("one", "", "two\n\nlines", "x" x 80);
round_trip(body => "SEND\n\n\0\0\n", bytes_message => 1);
$stomp->unsubscribe({destination => "/queue/a"});
$stomp->send_with_receipt({destination => "/queue/b", body => "another"}) or die "no receipt";
$stomp->disconnect;
