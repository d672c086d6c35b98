# HOST PORT FILE: TCPSocket#write is left by Timeout.timeout, and the program goes on with its next message.
require "socket"
require "timeout"

host, port, path = ARGV
first = File.binread(path)
socket = TCPSocket.new(host, port)
begin
  Timeout.timeout(0.4) { socket.write([first.bytesize].pack("N") + first) }
rescue Timeout::Error
  puts "cut"
  $stdout.flush
end
begin
  socket.write([6].pack("N"), "second")
  puts "sent"
rescue Errno::EPIPE
  puts "broken pipe"
end
