%% Erlang's word on packets. Bytes come in and go out in hexadecimal.
%%
%%   decode TYPE   standard input is a stream; prints the offsets behind its packets, by erlang:decode_packet/3
%%   send TYPE     standard input is payloads, one a line; prints what a gen_tcp socket with {packet, TYPE} sends

-define(MILLISECONDS, 5000).

main(["decode", Type]) ->
    [Stream] = lines(),
    decode(packet_type(Type), Stream, byte_size(Stream));
main(["send", Type]) ->
    {ok, Listener} = gen_tcp:listen(0, [binary, {ip, {127, 0, 0, 1}}, {active, false}]),
    {ok, Port} = inet:port(Listener),
    {ok, Sender} = gen_tcp:connect({127, 0, 0, 1}, Port, [{packet, packet_type(Type)}]),
    {ok, Receiver} = gen_tcp:accept(Listener, ?MILLISECONDS),
    [ok = gen_tcp:send(Sender, Payload) || Payload <- lines()],
    ok = gen_tcp:close(Sender),
    print(received(Receiver, gen_tcp:recv(Receiver, 0, ?MILLISECONDS))).

packet_type(Type) ->
    try list_to_integer(Type) catch error:badarg -> list_to_atom(Type) end.

lines() ->
    case io:get_line("") of
        eof -> [];
        Line -> [binary:decode_hex(list_to_binary(string:trim(Line))) | lines()]
    end.

decode(Type, Stream, Length) ->
    case erlang:decode_packet(Type, Stream, []) of
        {ok, _, Rest} ->
            io:format("~b~n", [Length - byte_size(Rest)]),
            decode(Type, Rest, Length);
        {more, _} -> ok
    end.

received(Receiver, {ok, Bytes}) ->
    [Bytes | received(Receiver, gen_tcp:recv(Receiver, 0, ?MILLISECONDS))];
received(_, {error, closed}) -> [].

print(Bytes) -> io:format("~s~n", [binary:encode_hex(list_to_binary(Bytes))]).
