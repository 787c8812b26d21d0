#!/usr/bin/perl
# A server in a language without an SDK: it asks POST /v1/decision about every call. Perl's own modules are all it uses.
use strict;
use warnings;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;

my $sluice = $ENV{SLUICE_URL} // 'http://127.0.0.1:8080';
my $key    = $ENV{SLUICE_API_KEY} // 'server-key-for-trying-out';
my $http   = HTTP::Tiny->new(timeout => 5, default_headers => { Authorization => "Bearer $key" });
my %tools  = ('DELETE' => 'delete_note', 'GET' => 'read_note');

# What Sluice says of a call, or 503 where it says nothing: never a guess.
sub decide {
    my ($token, $tool) = @_;
    my $question = encode_json({ token => $token, tool => $tool, resource => 'http://127.0.0.1:9000/mcp' });
    my $answer = $http->post("$sluice/v1/decision", { content => $question });
    return { allowed => 0, status => 503, reason => 'temporarily_unavailable' } if $answer->{status} != 200;
    return decode_json($answer->{content});
}

sub answer {
    my ($method, $path, $authorization) = @_;
    my $tool = $tools{$method} or return (405, {}, 'only GET and DELETE');
    my ($token) = ($authorization // '') =~ /^Bearer +(\S+)$/i;
    my $decision = decide($token, $tool);
    if (!$decision->{allowed}) {
        my %fields;
        $fields{'WWW-Authenticate'} = $decision->{challenge} if $decision->{challenge};
        $fields{'Retry-After'} = $decision->{retry_after_seconds} if $decision->{retry_after_seconds};
        return ($decision->{status}, \%fields, $decision->{message} // $decision->{reason});
    }
    select(undef, undef, undef, $decision->{delay_ms} / 1000) if $decision->{delay_ms};
    return (200, {}, "$tool $path for $decision->{subject}");
}

my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 9000, Listen => 16, ReuseAddr => 1)
    or die "cannot listen: $!\n";
while (my $client = $server->accept) {
    my ($method, $path) = split / /, <$client> // '';
    my $authorization;
    while (defined(my $line = <$client>)) {
        last if $line =~ /^\r?\n$/;
        $authorization = $1 if $line =~ /^authorization: *(.*?)\r?\n/i;
    }
    my ($status, $fields, $text) = answer($method // '', $path // '/', $authorization);
    print $client "HTTP/1.1 $status x\r\n", map({ "$_: $fields->{$_}\r\n" } keys %$fields),
        "Content-Length: ", length($text), "\r\nConnection: close\r\n\r\n$text";
    close $client;
}
