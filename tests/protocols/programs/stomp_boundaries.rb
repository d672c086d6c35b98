# Offsets in the standard input behind which stompserver has a frame.
require 'stomp_server/stomp_frame'

reader = StompServer::StompFrameRecognizer.new
STDIN.binmode.each_byte.with_index(1) do |byte, at|
	reader << byte.chr
	puts at if reader.frames.shift
end
