# write.rb HOST PORT FILE: TCPSocket#write with one string, then with many at once (writev), then buffered puts.
require "socket"

host, port, path = ARGV
data = File.binread(path)
third = data.bytesize / 3
socket = TCPSocket.new(host, port)
socket.write(data.byteslice(0, third))
socket.write(*(0...30).map { |part| data.byteslice(third + part * third / 30, (part + 1) * third / 30 - part * third / 30) })
socket.sync = false
data.byteslice(2 * third..).each_line { |line| socket.print(line) }
socket.close
puts "sent"
